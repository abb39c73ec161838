import PictureFilters

/// A correlation in integers, sample by sample, in 128 bits.
struct ScalarCorrelation: FilterBody {
  let taps: [WeightedTap]
  let windowRows: Int
  let rowStride: Int
  let input: Element
  let output: Element
  let rounding: Rounding?

  /// What a request means, whatever form its weights have.
  init(_ request: BodyRequest) {
    switch request.weights {
    case .taps(let taps): self.taps = taps
    case .product(let column, let row): taps = Self.taps(request, column, row)
    case .ones(let rows, let columns):
      taps = Self.taps(
        request, [Int](repeating: 1, count: rows), [Int](repeating: 1, count: columns))
    case .formula: preconditionFailure("a formula rounds between its passes")
    }
    windowRows = request.windowRows
    rowStride = request.rowStride
    input = request.input
    output = request.output
    rounding = request.rounding
  }

  private static func taps(_ request: BodyRequest, _ column: [Int], _ row: [Int]) -> [WeightedTap] {
    column.indices.flatMap { j in
      row.indices.map { i in
        WeightedTap(
          row: j * request.rowStep, offset: request.first + i * request.sampleStep,
          weight: column[j] * row[i])
      }
    }
  }

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
        var sum: Int128 = 0
        for tap in taps {
          let line = input[row * rowStride + tap.row]
          sum += Int128(tap.weight) * Int128(self.input.integer(line, x + tap.offset))
        }
        let value = rounding.map { level(sum, $0, top: Int(self.output.top!)) } ?? Int(sum)
        self.output.store(Int64(value), output[row], x)
      }
    }
  }

  /// The largest level of the range whose product with the divisor the raised sum reaches, else 0.
  private func level(_ sum: Int128, _ rounding: Rounding, top: Int) -> Int {
    let raised = (rounding.absolute && sum < 0 ? -sum : sum) + Int128(rounding.addend)
    var (low, high) = (0, top)
    while low < high {
      let middle = (low + high + 1) / 2
      if Int128(middle) * Int128(rounding.divisor) <= raised {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return low
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
  var output: Element { plan.output(of: input) }
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
        let last = factors.rowBits + factors.fraction - (factors.widens ? 8 : 0)
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

/// A rank of a window, sample by sample.
struct ScalarRank: FilterBody {
  let windowRows: Int
  let columns: Int
  /// The place in ascending order, from 0.
  let rank: Int
  let sampleStep: Int
  var rowStride = 1
  let input: Element
  /// Row by row, nil where all take part.
  var members: [Bool]?

  var output: Element { input }
  var reachSamples: Int { (columns - 1) * sampleStep }
  var preferredRows: Int { 8 }
  var summary: String { "rank, sample by sample" }
  func scratchBytes(rows: Int, width: Int) -> Int { 0 }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    for row in 0..<rows {
      let window = UnsafeBufferPointer(start: input + row * rowStride, count: windowRows)
      for x in 0..<width {
        let reach = stride(from: x, through: x + reachSamples, by: sampleStep)
        let all = window.flatMap { line in reach.map { self.input.integer(line, $0) } }
        let values = members.map { zip(all, $0).filter(\.1).map(\.0) } ?? all
        self.output.store(values.sorted()[rank], output[row], x)
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

  func store(_ value: Int64, _ line: UnsafeMutableRawPointer, _ x: Int) {
    switch self {
    case .uint8: line.storeBytes(of: UInt8(value), toByteOffset: x, as: UInt8.self)
    case .uint16: line.storeBytes(of: UInt16(value), toByteOffset: x * 2, as: UInt16.self)
    case .int32: line.storeBytes(of: Int32(value), toByteOffset: x * 4, as: Int32.self)
    case .int64: line.storeBytes(of: value, toByteOffset: x * 8, as: Int64.self)
    }
  }
}
