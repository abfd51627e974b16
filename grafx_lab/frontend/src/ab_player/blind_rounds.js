// A blind test as numbers: a shuffled order for each round, what was chosen, and what that says. Nothing here is drawn.

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32, public domain, T. Ettinger 2017). */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Fisher and Yates: every order is equally likely. */
export function shuffled(items, random) {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

export const LETTERS = "ABCD";

export const QUESTIONS = { target: "Which is the target?", preferred: "Which do you prefer?" };

/** `order` are the roles behind A, B, C; it changes with every round. */
export function blindRounds(seed) {
  const random = randomNumbers(seed);
  const tally = { target: { rounds: 0, found: 0, byChance: 0 }, preferred: { rounds: 0, chosen: {} } };
  let [order, chosen, question] = [[], null, "target"];
  return {
    get order() {
      return order;
    },
    get chosen() {
      return chosen;
    },
    get question() {
      return question;
    },
    ask(next) {
      if (chosen === null) question = next;
    },
    begin(roles) {
      [order, chosen] = [shuffled(roles, random), null];
      if (!roles.includes("target")) question = "preferred";
    },
    choose(index) {
      if (chosen !== null) return;
      chosen = index;
      const role = order[index];
      tally[question].rounds += 1;
      if (question === "preferred") {
        tally.preferred.chosen[role] = (tally.preferred.chosen[role] ?? 0) + 1;
        return;
      }
      tally.target.found += role === "target" ? 1 : 0;
      tally.target.byChance += 1 / order.length;
    },
    /** What this round and those before it say. */
    words() {
      if (chosen === null) return "";
      const [letter, role] = [LETTERS[chosen], order[chosen]];
      if (question === "target") {
        const { rounds, found, byChance } = tally.target;
        const outcome = role === "target" ? `Yes, **${letter}** is the target` : `No, **${letter}** is ${role}; the target was **${LETTERS[order.indexOf("target")]}**`;
        return `${outcome}. Found in \`${found} of ${rounds}\` rounds; guessing finds \`${byChance.toFixed(1)}\`.`;
      }
      const counts = Object.entries(tally.preferred.chosen).sort(([, a], [, b]) => b - a);
      return `You prefer **${letter}**: ${role}. So far ${counts.map(([name, count]) => `${name} \`${count}\``).join(", ")}.`;
    },
  };
}
