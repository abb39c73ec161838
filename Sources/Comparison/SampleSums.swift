/// Sums over samples.
struct SampleSums {
  var differing = 0
  /// Samples that are a number in one picture only.
  var incomparable = 0
  var largest = 0.0
  /// The first sample that is so far apart.
  var place: (sample: Int, y: Int)?
  var absolute = 0.0
  var squares = 0.0
}

/// A sample that can be compared with another.
protocol ComparedSample: Sendable {
  var level: Double { get }
  /// Adds the differences of a row.
  static func add(
    _ a: UnsafeBufferPointer<Self>, _ b: UnsafeBufferPointer<Self>, y: Int,
    to sums: inout SampleSums)
}

extension ComparedSample where Self: FixedWidthInteger & UnsignedInteger {
  var level: Double { Double(self) }

  static func add(
    _ a: UnsafeBufferPointer<Self>, _ b: UnsafeBufferPointer<Self>, y: Int,
    to sums: inout SampleSums
  ) {
    // A row of 16 bits: 2³¹ samples at most, whose squares fit into 64 bits together.
    var (differing, largest, absolute, squares) = (0, Self(0), UInt64(0), UInt64(0))
    for x in 0..<a.count {
      let difference = a[x] > b[x] ? a[x] &- b[x] : b[x] &- a[x]
      differing &+= difference == 0 ? 0 : 1
      largest = Swift.max(largest, difference)
      absolute &+= UInt64(truncatingIfNeeded: difference)
      squares &+= UInt64(truncatingIfNeeded: difference) &* UInt64(truncatingIfNeeded: difference)
    }
    sums.differing += differing
    sums.absolute += Double(absolute)
    sums.squares += Double(squares)
    if Double(largest) > sums.largest {
      sums.largest = Double(largest)
      let sample = a.indices.first { Swift.max(a[$0], b[$0]) - Swift.min(a[$0], b[$0]) == largest }
      sums.place = (sample!, y)
    }
  }
}

extension UInt8: ComparedSample {}
extension UInt16: ComparedSample {}

extension Float: ComparedSample {
  var level: Double { Double(self) }

  static func add(
    _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>, y: Int,
    to sums: inout SampleSums
  ) {
    for x in 0..<a.count where a[x] != b[x] {
      if a[x].isNaN && b[x].isNaN { continue }
      sums.differing += 1
      if a[x].isNaN || b[x].isNaN {
        sums.incomparable += 1
        continue
      }
      let difference = abs(Double(a[x]) - Double(b[x]))
      sums.absolute += difference
      sums.squares += difference * difference
      if difference > sums.largest {
        sums.largest = difference
        sums.place = (x, y)
      }
    }
  }
}
