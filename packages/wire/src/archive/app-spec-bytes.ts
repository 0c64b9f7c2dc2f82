/** An AppSpec of ECS or Lambda that is larger than this is refused, wherever it lies. */
export const MAX_SERVICE_APP_SPEC_BYTES = 256 * 1024;
