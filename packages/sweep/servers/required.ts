/** Whether a server that is not there is an error, as in CI; else what needs it is skipped. */
export const isRequired = (): boolean => process.env['SECATEUR_REQUIRE_SERVERS'] === '1';
