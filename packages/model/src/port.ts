/** Of TCP and UDP. */
export const MAX_PORT = 65_535;
