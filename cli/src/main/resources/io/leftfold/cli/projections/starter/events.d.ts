// The events of this folder's projections: what their bodies hold.

declare namespace Leftfold {
  interface EventBodies {
    Deposited: { amount: number };
    Withdrawn: { amount: number };
    Overdrawn: { balance: number };
  }
}
