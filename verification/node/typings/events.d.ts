declare namespace Leftfold {
  interface EventBodies {
    Deposited: { amount: number };
    Named: { name: string };
  }
}
