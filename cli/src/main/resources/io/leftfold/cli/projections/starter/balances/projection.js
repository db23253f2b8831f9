// The balance of each account, and an event when one falls below zero.
fromCategory('account')
  .foreachStream()
  .when({
    $init: () => ({ balance: 0 }),
    Deposited(state, event) {
      state.balance += event.data.amount;
    },
    Withdrawn(state, event) {
      const before = state.balance;
      state.balance -= event.data.amount;
      if (before >= 0 && state.balance < 0) {
        emit('overdrafts', 'Overdrawn', { balance: state.balance }, { account: event.streamId });
      }
    },
  });
