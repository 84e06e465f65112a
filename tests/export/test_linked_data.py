"""The files behind nginx stand the checks of linked data that the server stands: these are the same tests."""

import pytest

from tests.web.test_documents import (
    test_a_percent_encoded_iri_stays_one,
    test_a_suffix_is_an_address_of_its_own,
    test_a_suffix_that_belongs_to_an_iri_is_no_suffix,
    test_a_trailing_slash_leads_to_the_container,
    test_a_trailing_slash_leads_to_the_page_of_a_service,
    test_accept_is_followed,
    test_all_formats_say_the_same,
    test_an_entity_tag_differs_by_language,
    test_an_entity_tag_saves_the_transfer,
    test_every_answer_can_be_read_from_other_sites,
    test_every_iri_dereferences_in_every_format,
    test_head_has_the_headers_of_get_and_no_body,
    test_kazakh_letters_in_addresses,
    test_links_lead_to_formats_thing_and_licence,
    test_nonsense_is_not_found,
    test_not_acceptable_names_what_there_is,
    test_shapes_are_served_as_stored_and_in_other_formats,
    test_the_host_header_is_never_used,
    test_the_ontology_is_one_document_with_all_terms,
    test_the_query_string_survives_the_redirect,
    test_the_shapes_link_to_their_formats,
    test_turtle_uses_our_prefixes,
)
from tests.web.test_i18n import (
    test_a_choice_is_stored_and_only_a_valid_one,
    test_parameter_beats_cookie_beats_header,
)

pytestmark = pytest.mark.debian

__all__ = [name for name in dir() if name.startswith("test_")]
