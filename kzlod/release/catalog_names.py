"""What the parts of the catalogue are called, in the languages of the data."""

from collections.abc import Mapping

Names = Mapping[str, str]

CATALOG: Names = {"en": "KZLOD catalogue", "ru": "Каталог KZLOD", "kk": "KZLOD каталогы"}
DATASET: Names = {"en": "KZLOD data set", "ru": "Набор данных KZLOD", "kk": "KZLOD деректер жинағы"}
SERVICE: Names = {
    "en": "KZLOD SPARQL endpoint",
    "ru": "Точка доступа SPARQL KZLOD",
    "kk": "KZLOD SPARQL қатынау нүктесі",
}
CLASS: Names = {"en": "Things of class {}", "ru": "Объекты класса {}", "kk": "{} класының нысандары"}
PROPERTY: Names = {
    "en": "Statements with property {}",
    "ru": "Утверждения со свойством {}",
    "kk": "{} қасиеті бар тұжырымдар",
}
CHECKSUM: Names = {"en": "SHA-256 of {}", "ru": "SHA-256 файла {}", "kk": "{} файлының SHA-256 сомасы"}
LINKSET: Names = {"en": "Links of {} by {}", "ru": "Связи {} по {}", "kk": "{} байланыстары, {} бойынша"}
FILE: Names = {"en": "{}", "ru": "{}", "kk": "{}"}
SOURCE_GRAPH: Names = {
    "en": "What the source document “{}” says",
    "ru": "Сведения документа-источника «{}»",
    "kk": "«{}» дереккөз құжатының мәліметтері",
}
GRAPHS: Mapping[str, Names] = {
    "ontology": {"en": "Ontology", "ru": "Онтология", "kk": "Онтология"},
    "vocabulary": {
        "en": "Concept schemes, countries and other shared vocabulary",
        "ru": "Схемы понятий, страны и другой общий словарь",
        "kk": "Ұғымдар схемалары, елдер және басқа ортақ сөздік",
    },
    "links": {
        "en": "Links to the identifiers of others",
        "ru": "Связи с идентификаторами других наборов данных",
        "kk": "Басқа деректер жинақтарының идентификаторларымен байланыстар",
    },
    "translations": {
        "en": "Unofficial Russian and Kazakh renderings of names",
        "ru": "Неофициальные русские и казахские переводы названий",
        "kk": "Атаулардың бейресми орысша және қазақша аудармалары",
    },
    "inferred": {
        "en": "What a person or a rule of the project concluded",
        "ru": "Выводы проекта: сделанные человеком или по правилу",
        "kk": "Жобаның қорытындылары: адам жасаған немесе қағида бойынша",
    },
    "entailed": {
        "en": "What the axioms of the ontology imply",
        "ru": "Что следует из аксиом онтологии",
        "kk": "Онтология аксиомаларынан туындайтын тұжырымдар",
    },
    "catalog": {
        "en": "Description of the data set",
        "ru": "Описание набора данных",
        "kk": "Деректер жинағының сипаттамасы",
    },
}


def filled(names: Names, *values: str | Names) -> Names:
    """The names with their places filled, with the same in every language or with each language's own."""
    return {
        language: text.format(*(value if isinstance(value, str) else value[language] for value in values))
        for language, text in names.items()
    }
