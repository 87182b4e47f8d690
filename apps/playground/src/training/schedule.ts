/** Share of the steps that train the dense network, before any penalty. */
export const denseUntil = 0.15;

/** Share of the steps after which a budget is met; the others train what is left. */
export const metBy = 0.75;

/** Steps between two removals of what is dead. */
export const compactEvery = 20;

/** Learning rate of Adam at first. */
export const learningRate = 0.01;

/** Learning rate from the first penalized step on: larger steps would give dying components more than the penalty takes. */
export const slimmingRate = 0.0025;
