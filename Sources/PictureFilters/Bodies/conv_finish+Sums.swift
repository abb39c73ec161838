internal import CConvKernels

extension conv_finish {
  /// The way from sums in 32-bit lanes to samples.
  ///
  /// - Parameters:
  ///   - sums: bounds of the sum, from the weights and the largest sample.
  ///   - bias: what a lane lacks: the sum is `gain · (lane + bias)` (lanes may wrap).
  ///   - gain: a factor that all weights share and the lanes leave out (≥ 1).
  ///   - rounding: nil for the sums themselves, in 32 bits.
  init(
    sums: ClosedRange<Int>, bias: Int, gain: Int = 1, rounding: Rounding?, output: Element
  ) throws(BodyRefusal) {
    self.init()
    let tooWide = BodyRefusal.sumsTooWide(bits: 32)
    guard Int32(exactly: sums.lowerBound) != nil, Int32(exactly: sums.upperBound) != nil,
      gain <= Int32.max
    else { throw tooWide }
    guard let rounding else {
      precondition(output == .int32, "sums in 32-bit lanes")
      store = conv_store_i32
      begin(bias: bias, gain: gain, addend: 0)
      return
    }
    let levels = Int(output.top!) + 1
    let (addend, divisor) = (Int(rounding.addend), Int(rounding.divisor))
    guard abs(addend) < 1 << 40, divisor < 1 << 40 else { throw tooWide }
    let largest: Int
    if rounding.absolute {
      largest = max(abs(sums.lowerBound), abs(sums.upperBound)) + max(addend, 0)
      guard sums.lowerBound > Int32.min, abs(addend) < 1 << 30, largest <= Int32.max else {
        throw tooWide
      }
    } else {
      largest = max(sums.upperBound + addend, 0)
      guard sums.lowerBound + addend >= Int32.min, largest <= Int32.max else { throw tooWide }
    }
    store = output == .uint8 ? conv_store_u8 : conv_store_u16
    begin(bias: bias, gain: gain, addend: rounding.absolute ? 0 : addend)
    absolute = rounding.absolute ? 1 : 0
    self.addend = rounding.absolute ? Int32(addend) : 0
    let top = min(divisor * levels - 1, Int(Int32.max))
    self.top = Int32(top)
    divide(by: divisor, upTo: min(top, largest))
  }

  private mutating func begin(bias: Int, gain: Int, addend: Int) {
    if gain == 1 {
      start = Int32(truncatingIfNeeded: bias + addend)
    } else {
      start = Int32(truncatingIfNeeded: bias)
      self.gain = Int32(truncatingIfNeeded: gain)
      offset = Int32(truncatingIfNeeded: addend)
    }
  }

  /// Chooses the multiplication that divides by `divisor`.
  ///
  /// With `m = ⌈2^k / d⌉` and `e = m·d − 2^k`, `t·m / 2^k = t/d + t·e / (d·2^k)`. The fraction of
  /// t/d is at most (d − 1)/d, so the floor is right wherever `t·e < 2^k`.
  private mutating func divide(by divisor: Int, upTo largest: Int) {
    if divisor & (divisor - 1) == 0 {
      division = conv_divide_shift
      shift = Int32(min(divisor.trailingZeroBitCount, 31))
      return
    }
    func multiplier(_ bits: Int) -> Int? {
      let power = 1 << bits
      let multiplier = (power + divisor - 1) / divisor
      let (error, overflow) = (multiplier * divisor - power).multipliedReportingOverflow(
        by: largest)
      return !overflow && error < power ? multiplier : nil
    }
    if largest <= 65535, top <= 65535 {
      for bits in 16...31 {
        guard let found = multiplier(bits), found <= 65535 else { continue }
        division = conv_divide_narrow
        self.multiplier = UInt32(found)
        shift = Int32(bits - 16)
        return
      }
    }
    if store == conv_store_u8, divisor <= 1 << 13 {
      // (t + ½) / d is at least 1 / 2d from a whole number, and below 2^8; two roundings of 2^−24
      // each change it by less than 2^−15, which is less than 1 / 2d.
      division = conv_divide_single
      reciprocal = 1 / Float(divisor)
      return
    }
    for bits in 1...62 {
      guard let found = multiplier(bits), found <= Int(UInt32.max) else { continue }
      division = conv_divide_wide
      self.multiplier = UInt32(found)
      shift = Int32(bits)
      return
    }
    preconditionFailure("every quotient of 31 bits has a multiplier of 32")
  }

  /// Whether all that happens to sums within these bounds fits 16 signed bits.
  func fits16(_ sums: ClosedRange<Int>) -> Bool {
    guard store == conv_store_u8, gain == 0,
      division == conv_divide_shift && shift <= 15 || division == conv_divide_narrow
    else { return false }
    let started = sums.lowerBound + Int(start)...sums.upperBound + Int(start)
    guard started.lowerBound > Int(Int16.min), started.upperBound <= Int(Int16.max) else {
      return false
    }
    if absolute == 0 { return true }
    let largest = max(abs(started.lowerBound), abs(started.upperBound))
    return largest + max(Int(addend), 0) <= Int(Int16.max) && addend >= Int32(Int16.min)
  }

  /// How sums within these bounds become words in 16 bits, or nil where they take more.
  ///
  /// With a gain of 257, ⌊(257 s + a) / 2^k⌋ is 2^(8 − k) s + ⌊(s + a) / 2^k⌋ for k ≤ 8, and of a only what
  /// lies below 2^k stays in the division. Saturation clamps at the end; before, it must not at the end
  /// that the last addition leads away from.
  ///
  /// - Parameter sums: with the gain.
  func words(_ sums: ClosedRange<Int>) -> conv_word_finish? {
    guard store == conv_store_u16, division == conv_divide_shift, absolute == 0,
      gain == 0 || gain == 257 && start == 0 && shift <= 8, shift <= 14
    else { return nil }
    let raises = gain == 257
    let (right, left) = (Int(shift), raises ? 8 - Int(shift) : 0)
    let added = Int(raises ? offset : start)
    let near = added & ((1 << right) - 1)
    let (low, high) =
      raises ? (sums.lowerBound / 257, sums.upperBound / 257) : (sums.lowerBound, sums.upperBound)
    guard low << left >= Int16.min, high << left <= Int16.max, high + near <= Int16.max,
      let base = Int16(exactly: added >> right - 32768)
    else { return nil }
    func quotient(_ sum: Int) -> Int { (sum + near) >> right + (raises ? sum << left : 0) }
    guard base <= 0 || quotient(low) >= Int16.min, base >= 0 || quotient(high) <= Int16.max else {
      return nil
    }
    var words = conv_word_finish()
    words.raises = raises ? 1 : 0
    words.left = Int16(left)
    words.right = Int16(right)
    words.near = Int16(near)
    words.base = base
    return words
  }
}
