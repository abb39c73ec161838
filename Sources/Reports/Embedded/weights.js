"use strict";
// Kernels of typed numbers as whole numbers, as KernelLanguage and PictureFilters have them.
const Weights = (() => {
  /** A decimal text as a whole number over a power of ten; null for other texts. */
  function decimal(text) {
    const match = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(String(text));
    if (!match || !(match[2] + match[3])) return null;
    let digits = match[3].length - Number(match[4] || 0);
    let number = BigInt(match[2] + match[3]) * (match[1] === "-" ? -1n : 1n);
    while (digits > 0 && number % 10n === 0n) { number /= 10n; digits -= 1; }
    if (digits < 0) { number *= 10n ** BigInt(-digits); digits = 0; }
    // What is longer was computed, not typed: then sums are of real numbers.
    const typed = digits <= 22 && number < 1000000000000000n && number > -1000000000000000n;
    return { number, digits, typed, value: Number(text) };
  }

  const big = {
    abs: (a) => (a < 0n ? -a : a),
    gcd: (a, b) => { while (b) [a, b] = [b, a % b]; return a; },
  };

  /**
   * A kernel of texts as whole numbers: results are ⌊(Σ numerators · in + bias) / divisor + ½⌋.
   * Where a number has too many digits for that, `exact` is false and doubles stand in.
   */
  function weights(kernel, offset) {
    const taps = kernel.taps.map(decimal);
    const scale = kernel.scale === null ? null : decimal(kernel.scale);
    const own = decimal(kernel.offset), more = decimal(offset);
    const reals = taps.map((tap) => tap.value);
    const sum = reals.reduce((a, b) => a + b, 0);
    const magnitude = reals.reduce((a, b) => a + Math.abs(b), 0);
    const zero = sum === 0 || Math.abs(sum) < 1e-9 * magnitude;
    const real = {
      exact: false, taps: reals, divisor: scale ? scale.value : zero ? 1 : sum,
      offset: own.value + more.value, zero, sum,
    };
    if (![...taps, own, more].every((n) => n.typed) || (scale && !scale.typed)) return real;
    const digits = Math.max(...taps.map((tap) => tap.digits));
    const unit = 10n ** BigInt(digits);
    let numbers = taps.map((tap) => tap.number * 10n ** BigInt(digits - tap.digits));
    let divisor = scale ? unit : zero ? unit : numbers.reduce((a, b) => a + b, 0n);
    const times = (power) => { numbers = numbers.map((n) => n * power); };
    if (scale) {
      times(10n ** BigInt(scale.digits));
      divisor *= scale.number;
    }
    const places = Math.max(own.digits, more.digits);
    const shift = 10n ** BigInt(places);
    const level = own.number * 10n ** BigInt(places - own.digits)
      + more.number * 10n ** BigInt(places - more.digits);
    let bias = divisor * level;
    times(shift);
    divisor *= shift;
    if (divisor < 0n) {
      times(-1n);
      [divisor, bias] = [-divisor, -bias];
    }
    const common = [...numbers, bias].reduce((a, n) => big.gcd(a, big.abs(n)), divisor);
    return {
      ...real, exact: true, numbers: numbers.map((n) => n / common), over: divisor / common,
      bias: bias / common,
    };
  }

  /** ⌊a / b⌋ for whole numbers and b > 0; of two Numbers or two BigInts. */
  function floorDivide(a, b) {
    if (typeof a === "bigint") {
      const q = a / b;
      return a % b < 0n ? q - 1n : q;
    }
    let q = Math.floor(a / b);
    while (q * b > a) q -= 1;
    while ((q + 1) * b <= a) q += 1;
    return q;
  }

  return { decimal, weights, floorDivide, big };
})();
