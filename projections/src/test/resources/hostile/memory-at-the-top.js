// definition: MEMORY
const hoard = [];
for (let i = 0; ; i++) hoard.push(new Array(1000).fill(i));
