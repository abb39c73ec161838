import ConvEngine
import Raster

/// How windows that reach over the border are finished, where padding alone does not say it.
protocol BorderRule: Sendable {
  /// Plain sums, in 64 bits, with zeros beyond the border.
  var sums: WindowPass { get }

  /// The sample that a plain sum becomes.
  func sample(_ sum: Int64, row: Int, column: Int, channel: Int) -> Int
}

extension BorderRule {
  /// Scratch that finishing takes: a row of sums at a time.
  var scratchBytes: Int {
    sums.scratchBytes(rows: 1).saturatingSum(8 * sums.horizontal.output * sums.kept + 64)
  }

  /// Computes anew what lies at the border.
  func finish(
    _ rows: Range<Int>, source: InputRows, rowBase: Int,
    output: OutputRows, element: Element, scratch: Scratch
  ) {
    for row in rows {
      for edge in sums.borderColumns(row) where !edge.isEmpty {
        scratch.scoped {
          let line = scratch.array(of: Int64.self, edge.count * sums.kept)
          var target = UnsafeMutableRawPointer(line)
          sums.run(
            rows: row..<row + 1, columns: edge, source: source, rowBase: rowBase, output: &target,
            scratch: scratch)
          for x in edge {
            for channel in 0..<sums.kept {
              let value = sample(
                line[(x - edge.lowerBound) * sums.kept + channel], row: row, column: x,
                channel: channel)
              store(value, output[row - rows.lowerBound], x * sums.kept + channel, element)
            }
          }
        }
      }
    }
  }

  private func store(_ value: Int, _ row: UnsafeMutableRawPointer, _ index: Int, _ element: Element)
  {
    switch element {
    case .uint8: row.storeBytes(of: UInt8(value), toByteOffset: index, as: UInt8.self)
    default: row.storeBytes(of: UInt16(value), toByteOffset: 2 * index, as: UInt16.self)
    }
  }
}

/// The weights of a kernel, summed over the taps that lie on the picture.
struct LiveWeights<Weight: Numeric & Sendable>: Sendable {
  private enum Prefix: Sendable {
    /// At `j · (columns + 1) + i` the sum of the weights of the first j rows and i columns of taps.
    case grid([Weight])
    /// The same along each axis: a large window has milliards of taps.
    case product(rows: [Weight], columns: [Weight])
  }

  private let prefix: Prefix
  private let horizontal: WindowAxis
  private let vertical: WindowAxis

  /// - Parameters:
  ///   - weights: of the taps of a pass; `depth` of them a tap.
  ///   - value: what a weight counts, by its place among those of the tap.
  init(
    _ pass: WindowPass, _ weights: IntegerKernel.Numerators, depth: Int = 1,
    value: (Int, Int) -> Weight
  ) {
    horizontal = pass.horizontal
    vertical = pass.vertical
    switch weights {
    case .product(let column, let row):
      // Factors have 32 bits, and one weight a tap.
      prefix = .product(
        rows: Self.sums(column) { Weight(exactly: $0)! }, columns: Self.sums(row) { value($0, 0) })
    case .grid(let numerators):
      let (height, width) = (vertical.taps, horizontal.taps)
      var sums = [Weight](repeating: .zero, count: (height + 1) * (width + 1))
      for j in 0..<height {
        var line = Weight.zero
        for i in 0..<width {
          let first = (j * width + i) * depth
          for c in 0..<depth { line += value(numerators[first + c], c) }
          sums[(j + 1) * (width + 1) + i + 1] = sums[j * (width + 1) + i + 1] + line
        }
      }
      prefix = .grid(sums)
    }
  }

  private static func sums(_ weights: [Int], _ value: (Int) -> Weight) -> [Weight] {
    var sums = [Weight.zero]
    sums.reserveCapacity(weights.count + 1)
    for weight in weights { sums.append(sums[sums.count - 1] + value(weight)) }
    return sums
  }

  /// The sum of all weights.
  var total: Weight { sum(0..<vertical.taps, 0..<horizontal.taps) }

  /// The sum of the weights that lie inside for one window.
  func sum(row: Int, column: Int) -> Weight {
    sum(vertical.liveTaps(row), horizontal.liveTaps(column))
  }

  private func sum(_ rows: Range<Int>, _ columns: Range<Int>) -> Weight {
    switch prefix {
    case .product(let down, let across):
      return (down[rows.upperBound] - down[rows.lowerBound])
        * (across[columns.upperBound] - across[columns.lowerBound])
    case .grid(let sums):
      let width = horizontal.taps + 1
      return sums[rows.upperBound * width + columns.upperBound]
        - sums[rows.lowerBound * width + columns.upperBound]
        - sums[rows.upperBound * width + columns.lowerBound]
        + sums[rows.lowerBound * width + columns.lowerBound]
    }
  }
}
