// A way out for sounds that are made here. A browser lets a page sound only after its user did something in it. It sleeps
// while nothing is to sound: silence that is played costs several percent of a core, all day.
export function output() {
  let context = null;
  let allowed = false;
  let users = 0;

  async function awake() {
    if (!context) context = new AudioContext();
    await context.resume(); // for as long as the browser refuses, it does not answer
    allowed = true;
    return context;
  }

  function rest() {
    if (users === 0) context.suspend().catch(() => {});
  }

  return {
    allowed: () => allowed,

    // At a click or key, or in the hope that none is wanted. Answers when the page may sound.
    async allow() {
      if (allowed) return;
      await awake();
      rest();
    },

    // Sound from now on; give it back afterwards. Answers with what to sound by, when the page may.
    take() {
      users += 1;
      return awake();
    },

    give() {
      users -= 1;
      rest();
    },
  };
}
