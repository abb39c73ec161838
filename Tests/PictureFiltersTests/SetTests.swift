import KernelLanguage
import Raster
import TestSupport
import Testing

/// Sets of kernels against plain integers, one window after the other.
@Suite("Sets of kernels")
struct SetTests {
  private struct Member {
    var taps: [Int]
    var offset: Int
  }

  private let columns = 47
  private let rows = 9

  /// The sum of a 3 × 3 window with the edge replicated, plus the kernel's own offset.
  private func result(_ member: Member, _ samples: [Int], _ x: Int, _ y: Int) -> Int {
    var sum = member.offset
    for j in 0..<3 {
      for i in 0..<3 {
        let column = min(max(x + i - 1, 0), columns - 1)
        let row = min(max(y + j - 1, 0), rows - 1)
        sum += member.taps[3 * j + i] * samples[row * columns + column]
      }
    }
    return sum
  }

  private func combined(_ results: [Int], _ combination: Combination, absolute: Bool) -> Double {
    let results = absolute ? results.map { abs($0) } : results
    return switch combination {
    case .maximum: Double(results.max()!)
    case .minimum: Double(results.min()!)
    case .sum: Double(results.reduce(0, +))
    case .magnitude: results.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
  }

  private func stage(_ members: [Member], _ combination: Combination) -> Stage {
    let kernels = members.map {
      kernel(3, 3, $0.taps.map(Double.init), scale: 1, offset: Double($0.offset))
    }
    return Stage(.combine(kernels, combination), name: "set")
  }

  private func random(_ generator: inout SplitMix, limit: Int, offsets: [Int]) -> [Member] {
    (0..<Int.random(in: 2...5, using: &generator)).map { index in
      Member(
        taps: (0..<9).map { _ in Int.random(in: -limit...limit, using: &generator) },
        offset: offsets[index % offsets.count])
    }
  }

  private func filter(
    _ samples: [Int], wide: Bool, _ stage: Stage, _ options: FilterOptions
  ) throws -> [Int] {
    wide
      ? try filtered(
        picture(columns, rows, samples.map { UInt16($0) }), [stage], options, threads: 2,
        as: UInt16.self
      ).map { Int($0) }
      : try filtered(
        picture(columns, rows, samples.map { UInt8($0) }), [stage], options, threads: 2,
        as: UInt8.self
      ).map { Int($0) }
  }

  @Test(
    "largest, smallest, sum and magnitude are those of the sums", arguments: Combination.allCases)
  func combinations(combination: Combination) throws {
    var generator = SplitMix(state: 31)
    for round in 0..<40 {
      let wide = round % 2 == 1
      let top = wide ? 65535 : 255
      let members = random(
        &generator, limit: [2, 9, 1000, 3_000_000][round / 2 % 4],
        offsets: [[0], [5], [0, 7]][round % 3])
      var options = FilterOptions()
      options.range = round % 4 < 2 ? .absolute : .clamp
      let samples = (0..<columns * rows).map { _ in Int.random(in: 0...top, using: &generator) }
      let expected = (0..<rows).flatMap { y in
        (0..<columns).map { x in
          let value = combined(
            members.map { result($0, samples, x, y) }, combination,
            absolute: options.range == .absolute)
          return Int(min(max((value + 0.5).rounded(.down), 0), Double(top)))
        }
      }
      #expect(
        try filter(samples, wide: wide, stage(members, combination), options) == expected,
        "round \(round)")
    }
  }

  @Test(
    "the automatic range spreads results from the smallest to the largest",
    arguments: Combination.allCases)
  func spreading(combination: Combination) throws {
    var generator = SplitMix(state: 32)
    for wide in [false, true] {
      let top = wide ? 65535 : 255
      let members = random(&generator, limit: 9, offsets: [0])
      var options = FilterOptions()
      options.range = .auto
      let samples = (0..<columns * rows).map { _ in Int.random(in: 0...top, using: &generator) }
      let values = (0..<rows).flatMap { y in
        (0..<columns).map { x in
          combined(members.map { result($0, samples, x, y) }, combination, absolute: false)
        }
      }
      let (low, high) = (values.min()!, values.max()!)
      let expected = values.map {
        Int((($0 - low) / (high - low) * Double(top) + 0.5).rounded(.down))
      }
      #expect(try filter(samples, wide: wide, stage(members, combination), options) == expected)
    }
  }

  @Test("a flat result is spread to nothing, a Gaussian of 16 bits to the whole range")
  func extremes() throws {
    var options = FilterOptions()
    options.range = .auto
    let flat = [Int](repeating: 9, count: columns * rows)
    let nothing = [Int](repeating: 0, count: columns * rows)
    #expect(try filter(flat, wide: false, correlate(sobelX), options) == nothing)
    let ramp = (0..<columns * rows).map { $0 % columns * 100 }
    let result = try filter(ramp, wide: true, correlate(gaussian(5)), options)
    #expect(result.min() == 0 && result.max() == 65535)
  }
}
