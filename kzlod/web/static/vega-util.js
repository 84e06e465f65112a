// What vega-interpreter imports from the package vega-util: Vega has it inside.
export const { ascending, isString, DisallowedObjectProperties } = window.vega;
