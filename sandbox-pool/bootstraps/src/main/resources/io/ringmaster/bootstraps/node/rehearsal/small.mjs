// Loaded once by each process that waits for a function, so that the loader is warm when one comes.
export const handler = async (event) => event;
