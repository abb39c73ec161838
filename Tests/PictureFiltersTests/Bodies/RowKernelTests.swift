import CConvKernels
import PictureFilters
import TestSupport
import Testing

/// Rows without a window on every instruction set, against the formulas of `row_kernels.h`.
@Suite("Row kernels")
struct RowKernelTests {
  private static let sets = MicroKernels.available.indices
  private static let counts = [0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 65, 200]

  @Test("every set of this processor has a table, under a name of its own")
  func names() {
    let names = MicroKernels.available.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.first == "baseline")
    #expect(names.contains(MicroKernels.current.name))
  }

  @Test("magnitudes are rounded roots of the sum of squares", arguments: sets)
  func magnitudes(set: Int) {
    let rows = MicroKernels.available[set].rows
    var generator = SplitMix(set)
    for count in Self.counts {
      let a = sums(count, 40_000, &generator)
      let b = sums(count, 40_000, &generator)
      for (divisor, raised) in [(1.0, 0.5), (7.0, 0.5), (3.0, -20.25)] {
        let values = zip(a, b).map { Self.length(Double($0), Double($1)) / divisor + raised }
        var bytes = [UInt8](repeating: 1, count: count)
        rows.magnitude_u8(a, b, divisor, raised, &bytes, count)
        #expect(bytes == values.map(Self.byte))
        var words = [UInt16](repeating: 1, count: count)
        rows.magnitude_u16(a, b, divisor, raised, &words, count)
        #expect(words == values.map(Self.word))
      }
    }
  }

  @Test("small magnitudes in single precision are those of doubles", arguments: sets)
  func smallMagnitudes(set: Int) {
    let rows = MicroKernels.available[set].rows
    // Every sum of squares about the borders between two levels, below 2^22.
    for a in stride(from: Int32(-1440), through: 1440, by: 13) {
      let b = Array(Int32(-1440)...1440)
      var bytes = [UInt8](repeating: 1, count: b.count)
      rows.magnitude_small_u8([Int32](repeating: a, count: b.count), b, &bytes, b.count)
      #expect(bytes == b.map { Self.byte(Self.length(Double(a), Double($0)) + 0.5) })
    }
  }

  @Test("an unsharp mask adds what is above the threshold", arguments: sets)
  func unsharp(set: Int) {
    let rows = MicroKernels.available[set].rows
    var generator = SplitMix(set + 7)
    for count in Self.counts {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let words = (0..<count).map { _ in UInt16.random(in: 0...65535, using: &generator) }
      let soft = (0..<count).map { _ in UInt16.random(in: 0...65535, using: &generator) }
      for (amount, threshold) in [(0.5, 0.0), (1.75, 5140.0), (3.0, 0.1), (-1.3, 513.nextDown)] {
        func sharpened(_ x: Double, _ soft: UInt16) -> Double {
          let difference = x - Double(soft)
          return difference.magnitude > threshold ? x + amount * difference : x
        }
        var narrow = [UInt8](repeating: 1, count: count)
        rows.unsharp_u8(bytes, soft, amount, threshold, &narrow, count)
        let step = Float(amount / 257)
        let levels = zip(bytes, soft).map { x, soft in
          let difference = Int(x) * 257 - Int(soft)
          let changes = Double(difference).magnitude > threshold
          return Float(x) + (changes ? step * Float(difference) : 0) + 0.5
        }
        #expect(narrow == levels.map { Self.byte(Double($0)) })
        let fromBytes = zip(bytes, soft).map { sharpened(Double($0) * 257, $1) }
        var wide = [UInt16](repeating: 1, count: count)
        rows.unsharp_u8_u16(bytes, soft, amount, threshold, &wide, count)
        #expect(wide == fromBytes.map { Self.word($0 + 0.5) })
        rows.unsharp_u16(words, soft, amount, threshold, &wide, count)
        #expect(wide == zip(words, soft).map { Self.word(sharpened(Double($0), $1) + 0.5) })
      }
    }
  }

  @Test("squares are added and their roots taken", arguments: sets)
  func squares(set: Int) {
    let rows = MicroKernels.available[set].rows
    var generator = SplitMix(set + 9)
    for count in Self.counts {
      let first = (0..<count).map { _ in Int64.random(in: -1 << 40...1 << 40, using: &generator) }
      let second = first.reversed().map { $0 / 3 }
      var values = [Double](repeating: 0, count: count)
      rows.add_squares(first, &values, count)
      rows.add_squares(second, &values, count)
      rows.roots(&values, count)
      #expect(values == zip(first, second).map { Self.length(Double($0), Double($1)) })
    }
  }

  @Test("values are spread over the range; a range of 0 gives 0", arguments: sets)
  func spreading(set: Int) {
    let rows = MicroKernels.available[set].rows
    var generator = SplitMix(set + 11)
    for count in Self.counts {
      let values = (0..<count).map { _ in Double.random(in: -50...950, using: &generator) }
      var out = [Int64](repeating: 1, count: count)
      rows.spread(values, 12.5, 800, 65535, &out, count)
      let parts: [Double] = values.map { min(max(($0 - 12.5) / 800, 0), 1) }
      #expect(out == parts.map { Int64($0 * 65535 + 0.5) })
      rows.spread(values, 12.5, 0, 65535, &out, count)
      #expect(out.allSatisfy { $0 == 0 })
    }
  }

  @Test("8 bits become 16 by 257", arguments: sets)
  func widening(set: Int) {
    let bytes = Array(UInt8.min...UInt8.max) + [3, 2, 1]
    var words = [UInt16](repeating: 1, count: bytes.count)
    MicroKernels.available[set].rows.widen_u8_u16(bytes, &words, bytes.count)
    #expect(words == bytes.map { UInt16($0) * 257 })
  }

  @Test("rows folded about a middle one are sums in the given order", arguments: sets)
  func folding(set: Int) {
    let fold = MicroKernels.available[set].table.pointee.fold_u8_f32!
    for radius in [0, 1, 3, 4, 5, 11] {
      for count in [1, 7, 8, 9, 64, 131] {
        var generator = SplitMix(radius * 1000 + count)
        let rows = (0...2 * radius).map { _ in
          (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
        let weights = (0...radius).map { _ in Float.random(in: 0...1, using: &generator) }
        let wanted = (0..<count).map { (x: Int) -> Float in
          var sum = weights[radius] * Float(rows[radius][x])
          for k in 0..<radius {
            sum += weights[k] * Float(Int(rows[k][x]) + Int(rows[2 * radius - k][x]))
          }
          return sum
        }
        var result = [Float](repeating: -1, count: count)
        let memory = rows.flatMap { $0 }
        memory.withUnsafeBufferPointer { memory in
          let pointers: [UnsafePointer<UInt8>?] = (0...2 * radius).map {
            memory.baseAddress! + $0 * count
          }
          // Safety: `count` samples lie in each row and in the result.
          fold(pointers, weights, radius, &result, count)
        }
        #expect(result == wanted)
      }
    }
  }

  @Test("a copy past the caches copies all bytes and no other", arguments: sets)
  func streaming(set: Int) {
    let copy = MicroKernels.available[set].rows.stream_copy!
    let source = (0..<700).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
    for count in Array(0...130) + [191, 192, 193, 512, 600] {
      for (from, to) in [(0, 0), (1, 3), (5, 64), (17, 33)] {
        var target = [UInt8](repeating: 0, count: 700)
        source.withUnsafeBytes { source in
          target.withUnsafeMutableBytes { target in
            // Safety: `count` bytes lie in both.
            copy(target.baseAddress! + to, source.baseAddress! + from, count)
          }
        }
        var expected = [UInt8](repeating: 0, count: 700)
        expected.replaceSubrange(to..<to + count, with: source[from..<from + count])
        #expect(target == expected)
      }
    }
  }

  private static func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
  private static func byte(_ value: Double) -> UInt8 { UInt8(min(max(value, 0), 255)) }
  private static func word(_ value: Double) -> UInt16 { UInt16(min(max(value, 0), 65535)) }

  private func sums(_ count: Int, _ largest: Int32, _ generator: inout SplitMix) -> [Int32] {
    (0..<count).map { _ in Int32.random(in: -largest...largest, using: &generator) }
  }
}
