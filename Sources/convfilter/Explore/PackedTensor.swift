import Reports
import Text

/// Numbers of single precision as a page holds them, from the exact to the small.
enum PackedTensor {
  /// As they are, the little end first.
  static func exact(_ values: ArraySlice<Float>) -> JSON {
    var bytes = [UInt8](repeating: 0, count: 4 * values.count)
    for (index, value) in values.enumerated() {
      let bits = value.bitPattern
      for byte in 0..<4 { bytes[4 * index + byte] = UInt8(truncatingIfNeeded: bits >> (8 * byte)) }
    }
    return .string(Base64.encode(bytes))
  }

  /// Five digits: the upper three bytes, rounded; sign and exponent, which are much alike, in few bits.
  static func short(_ values: ArraySlice<Float>) -> JSON {
    var heads: [UInt8] = []
    var tails: [UInt8] = []
    heads.reserveCapacity(values.count)
    tails.reserveCapacity(2 * values.count)
    for value in values {
      let raised = value.bitPattern.addingReportingOverflow(0x80)
      let bits = value.isFinite && !raised.overflow ? raised.partialValue : value.bitPattern
      heads.append(UInt8(truncatingIfNeeded: bits >> 24))
      // What is next to nothing is told by its head.
      if bits >> 24 & 127 == 0 { continue }
      tails += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8)]
    }
    return [
      "count": .integer(values.count), "heads": json(SymbolCode(heads)),
      "tails": .string(Base64.encode(tails)),
    ]
  }

  /// Whole steps, of which each filter has its own: an error of `step` root mean squares of the filter's weights,
  /// divided by √12.
  ///
  /// - Parameters:
  ///   - filters: the length of the innermost axis.
  ///   - step: in root mean squares of the filter's weights (> 0).
  static func steps(_ values: ArraySlice<Float>, filters: Int, step: Float) -> JSON {
    let rows = values.count / filters
    let values = Array(values)
    var sizes = [Float](repeating: 0, count: filters)
    var largest = sizes
    for (index, value) in values.enumerated() {
      sizes[index % filters] += value * value
      largest[index % filters] = max(largest[index % filters], abs(value))
    }
    for filter in 0..<filters {
      let size = max(
        (sizes[filter] / Float(max(rows, 1))).squareRoot() * step, largest[filter] / 127)
      sizes[filter] = size.isFinite && size > 0 ? size : 1
    }
    let symbols = values.enumerated().map { index, value in
      let steps = (value / sizes[index % filters]).rounded()
      return UInt8(128 + (steps.isNaN ? 0 : min(max(steps, -127), 127)))
    }
    return [
      "count": .integer(values.count), "steps": json(SymbolCode(symbols)),
      "sizes": exact(sizes[...]), "error": .number(Double(step / Float(12).squareRoot())),
    ]
  }

  private static func json(_ code: SymbolCode) -> JSON {
    [
      "frequencies": .array(code.frequencies.map(JSON.integer)),
      "bytes": .string(Base64.encode(code.bytes)),
    ]
  }
}
