export const handler = async (event) => ['a module', event, import.meta.url.split('/').pop()];
