import KernelLanguage
import PictureFilters
import Raster
import TestSupport
import Testing

@Suite("Random filters against plain integers")
struct RandomFilterTests {
  /// Kernels of every shape that planning tells apart.
  static func oracle(_ generator: inout SplitMix) -> ExactOracle {
    let width = Int.random(in: 1...7, using: &generator)
    let height = Int.random(in: 1...7, using: &generator)
    let size = [3, 20, 900].randomElement(using: &generator)!
    func numbers(_ count: Int) -> [Int] {
      (0..<count).map { _ in Int.random(in: -size...size, using: &generator) }
    }
    var taps: [Int]
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: taps = [Int](repeating: 1, count: width * height)
    case 1:
      let (column, row) = (numbers(height), numbers(width))
      taps = column.flatMap { a in row.map { a * $0 } }
    case 2: taps = numbers(width * height).map(abs)
    default: taps = numbers(width * height)
    }
    if taps.allSatisfy({ $0 == 0 }) { taps[0] = 1 }
    let sum = taps.reduce(0, +)
    let divisors = [1, -3, 7, sum == 0 ? 2 : sum, taps.reduce(0) { $0 + abs($1) }]
    return ExactOracle(
      width: width, height: height, taps: taps, divisor: divisors.randomElement(using: &generator)!,
      offset: [0, 0, 128, -5].randomElement(using: &generator)!,
      anchor: (
        Int.random(in: 0..<width, using: &generator), Int.random(in: 0..<height, using: &generator)
      ),
      stride: (Int.random(in: 1...3, using: &generator), Int.random(in: 1...3, using: &generator)),
      dilation: (
        Int.random(in: 1...3, using: &generator), Int.random(in: 1...3, using: &generator)
      ),
      padding: [
        .zero, .constant(77), .replicate, .reflect, .reflect101, .wrap, .valid, .truncate,
      ].randomElement(using: &generator)!, absolute: Bool.random(using: &generator))
  }

  @Test("every path gives the quotient of the sums, on any number of threads", arguments: 0..<40)
  func quotients(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    for _ in 0..<12 {
      var oracle = Self.oracle(&generator)
      if seed % 2 == 0 {
        oracle.stride = (1, 1)
        oracle.dilation = (1, 1)
      }
      let columns = Int.random(in: 1...90, using: &generator)
      let rows = Int.random(in: 1...40, using: &generator)
      let color = [ColorModel.gray, .grayAlpha, .rgb, .rgba, .cmyk].randomElement(
        using: &generator)!
      if oracle.padding == .valid,
        (oracle.width - 1) * oracle.dilation.x >= columns
          || (oracle.height - 1) * oracle.dilation.y >= rows
      {
        oracle.padding = .replicate
      }
      // A constant beyond the border is opaque: alpha as a channel would see its fullest value.
      if color.hasAlpha, [.zero, .constant(77)].contains(oracle.padding) { oracle.padding = .wrap }
      var options = FilterOptions()
      options.alpha = .filter
      options.range = oracle.absolute ? .absolute : .clamp
      let stage = correlate(oracle.kernel, oracle.geometry)
      let count = columns * rows * color.channels
      let wide = Bool.random(using: &generator)
      let top = wide ? 65535 : 255
      let samples = (0..<count).map { _ in
        [0, top, Int.random(in: 0...top, using: &generator)].randomElement(using: &generator)!
      }
      let expected = oracle(samples, columns, rows, color.channels, top: top)
      for threads in [1, 2, 5] {
        if wide {
          let result: [UInt16] = try filtered(
            picture(columns, rows, color, samples.map { UInt16($0) }), [stage], options,
            threads: threads)
          #expect(result == expected.map { UInt16($0) }, "\(oracle)")
        } else {
          let result: [UInt8] = try filtered(
            picture(columns, rows, color, samples.map { UInt8($0) }), [stage], options,
            threads: threads)
          #expect(result == expected.map { UInt8($0) }, "\(oracle)")
        }
      }
    }
  }

  @Test("pooling equals the largest, smallest and mean sample of each window", arguments: 0..<12)
  func pooling(seed: UInt64) throws {
    var generator = SplitMix(state: 100 + seed)
    for kind in PoolingKind.allCases {
      let columns = Int.random(in: 1...60, using: &generator)
      let rows = Int.random(in: 1...30, using: &generator)
      let width = Int.random(in: 1...min(columns, 9), using: &generator)
      let height = Int.random(in: 1...min(rows, 9), using: &generator)
      let samples = (0..<columns * rows * 3).map { _ in UInt8.random(in: 0...255, using: &generator)
      }
      let stride = (
        x: [nil, 1, 2].randomElement(using: &generator)!,
        y: [nil, 1, 3].randomElement(using: &generator)!
      )
      let oracle = ExactOracle(
        width: width, height: height, taps: [], divisor: 1, offset: 0,
        anchor: (width / 2, height / 2), stride: (stride.x ?? width, stride.y ?? height),
        dilation: (
          Int.random(in: 1...2, using: &generator), Int.random(in: 1...2, using: &generator)
        ),
        padding: [.zero, .replicate, .reflect101, .truncate, .constant(200)].randomElement(
          using: &generator)!)
      var geometry = oracle.geometry
      (geometry.strideX, geometry.strideY) = (stride.x, stride.y)
      let stage = Stage(.pool(kind, width: width, height: height), geometry: geometry, name: "pool")
      let result: [UInt8] = try filtered(picture(columns, rows, .rgb, samples), [stage], threads: 2)
      let expected = oracle.pooled(kind, samples.map { Int($0) }, columns, rows, 3)
      #expect(result.map { Int($0) } == expected, "\(stage)")
    }
  }

  @Test("transposing picture and kernel transposes the result", arguments: 0..<20)
  func transposition(seed: UInt64) throws {
    var generator = SplitMix(state: 200 + seed)
    var oracle = Self.oracle(&generator)
    if oracle.padding == .valid { oracle.padding = .reflect }
    let (columns, rows) = (23, 14)
    let samples = (0..<columns * rows).map { _ in UInt8.random(in: 0...255, using: &generator) }
    func transposed(_ samples: [UInt8], _ columns: Int) -> [UInt8] {
      let rows = samples.count / columns
      return (0..<columns).flatMap { x in (0..<rows).map { samples[$0 * columns + x] } }
    }
    let plan = try FilterPlan(
      input: picture(columns, rows, samples).format,
      stages: [correlate(oracle.kernel, oracle.geometry)])
    let one: [UInt8] = try filtered(
      picture(columns, rows, samples), [correlate(oracle.kernel, oracle.geometry)])
    var turned = oracle
    (turned.stride, turned.dilation) = (
      (oracle.stride.y, oracle.stride.x), (oracle.dilation.y, oracle.dilation.x)
    )
    let other: [UInt8] = try filtered(
      picture(rows, columns, transposed(samples, columns)),
      [correlate(oracle.kernel.transposed(), turned.geometry)])
    #expect(transposed(one, plan.output.width) == other)
  }
}
