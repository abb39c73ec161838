import PictureFilters

/// A correlation in integers, sample by sample.
struct ScalarCorrelation: FilterBody {
  let taps: [IntegerTap]
  let windowRows: Int
  let rowStride: Int
  let input: Element
  let output: Element
  let rounding: Rounding?

  var reachSamples: Int { taps.reduce(0) { max($0, $1.offset) } }
  var preferredRows: Int { 8 }
  var summary: String { "correlation, sample by sample" }
  func scratchBytes(rows: Int, width: Int) -> Int { 0 }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    for row in 0..<rows {
      for x in 0..<width {
        var sum: Int64 = 0
        for tap in taps {
          let line = input[row * rowStride + tap.row]
          sum += Int64(tap.weight) * self.input.integer(line, x + tap.offset)
        }
        self.output.store(
          rounding.map { $0.apply(sum, top: self.output.top!) } ?? sum, output[row], x)
      }
    }
  }
}

/// A formula kernel, sample by sample.
struct ScalarFactors: FilterBody {
  let plan: FactorPlan
  let rowStep: Int
  let sampleStep: Int
  let rowStride: Int
  let input: Element

  var counts: (rows: Int, samples: Int) {
    switch plan {
    case .fixed(let factors): (factors.column.count, factors.row.count)
    case .single(let factors): (factors.column.count, factors.row.count)
    }
  }
  var output: Element { input }
  var windowRows: Int { (counts.rows - 1) * rowStep + 1 }
  var reachSamples: Int { (counts.samples - 1) * sampleStep }
  var preferredRows: Int { 8 }
  var summary: String { "two passes, sample by sample" }
  func scratchBytes(rows: Int, width: Int) -> Int { (width + reachSamples) * 4 }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    let line = scratch.assumingMemoryBound(to: Int32.self)
    let single = scratch.assumingMemoryBound(to: Float.self)
    for row in 0..<rows {
      switch plan {
      case .fixed(let factors):
        let shift = factors.columnBits - factors.fraction
        for x in 0..<width + reachSamples {
          var sum: Int64 = 1 << (shift - 1)
          for (j, weight) in factors.column.enumerated() {
            sum +=
              Int64(weight) * self.input.integer(input[row * rowStride + j * rowStep], x)
          }
          line[x] = Int32(sum >> shift)
        }
        let last = factors.rowBits + factors.fraction
        for x in 0..<width {
          var sum: Int64 = 1 << (last - 1)
          for (i, weight) in factors.row.enumerated() {
            sum += Int64(weight) * Int64(line[x + i * sampleStep])
          }
          self.output.store(min(max(sum >> last, 0), self.output.top!), output[row], x)
        }
      case .single(let factors):
        for x in 0..<width + reachSamples {
          single[x] = factors.sum(factors.column) {
            Float(self.input.integer(input[row * rowStride + $0 * rowStep], x))
          }
        }
        for x in 0..<width {
          let sum = factors.sum(factors.row) { single[x + $0 * sampleStep] }
          let rounded = min(max((sum + 0.5).rounded(.down), 0), Float(self.output.top!))
          self.output.store(Int64(rounded), output[row], x)
        }
      }
    }
  }
}

extension SinglePrecisionFactors {
  /// The sum in the documented order.
  func sum(_ weights: [Float], _ value: (Int) -> Float) -> Float {
    var total: Float = 0
    for start in stride(from: 0, to: weights.count, by: Self.group) {
      var sum = weights[start] * value(start)
      for index in start + 1..<max(start + 1, min(start + Self.group, weights.count)) {
        sum += weights[index] * value(index)
      }
      total = start == 0 ? sum : total + sum
    }
    return total
  }
}

/// The largest or smallest sample of a window, sample by sample.
struct ScalarExtremum: FilterBody {
  let maximum: Bool
  let windowRows: Int
  let columns: Int
  let sampleStep: Int
  let rowStride: Int
  let input: Element

  var output: Element { input }
  var reachSamples: Int { (columns - 1) * sampleStep }
  var preferredRows: Int { 8 }
  var summary: String { "extremum, sample by sample" }
  func scratchBytes(rows: Int, width: Int) -> Int { 0 }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    for row in 0..<rows {
      let window = UnsafeBufferPointer(start: input + row * rowStride, count: windowRows)
      for x in 0..<width {
        let reach = stride(from: x, through: x + reachSamples, by: sampleStep)
        let values = window.lazy.flatMap { line in reach.lazy.map { self.input.value(line, $0) } }
        let best = maximum ? values.max()! : values.min()!
        self.output.store(Int64(best), output[row], x)
      }
    }
  }
}

extension Element {
  func integer(_ line: UnsafeRawPointer, _ x: Int) -> Int64 {
    switch self {
    case .uint8: Int64(line.load(fromByteOffset: x, as: UInt8.self))
    case .uint16: Int64(line.load(fromByteOffset: x * 2, as: UInt16.self))
    default: preconditionFailure("not a picture in integers")
    }
  }

  func value(_ line: UnsafeRawPointer, _ x: Int) -> Double {
    Double(integer(line, x))
  }

  func store(_ value: Int64, _ line: UnsafeMutableRawPointer, _ x: Int) {
    switch self {
    case .uint8: line.storeBytes(of: UInt8(value), toByteOffset: x, as: UInt8.self)
    case .uint16: line.storeBytes(of: UInt16(value), toByteOffset: x * 2, as: UInt16.self)
    case .int32: line.storeBytes(of: Int32(value), toByteOffset: x * 4, as: Int32.self)
    case .int64: line.storeBytes(of: value, toByteOffset: x * 8, as: Int64.self)
    }
  }
}
