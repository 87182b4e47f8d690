/** Share of the steps that train the dense network, before any penalty. */
export const denseUntil = 0.15;

/** Share of the steps after which a budget is met; the others train what is left. */
export const metBy = 0.65;

/** Steps between two removals of what is dead. */
export const compactEvery = 20;
