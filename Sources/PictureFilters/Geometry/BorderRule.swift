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
struct LiveWeights<Weight: AdditiveArithmetic & Sendable>: Sendable {
  /// `prefix[j][i]`: the sum of the weights of the first j rows and i columns of taps.
  private var prefix: [Weight]
  private let horizontal: WindowAxis
  private let vertical: WindowAxis

  /// - Parameter weight: of the tap at a row and a column.
  init(_ pass: WindowPass, weight: (Int, Int) -> Weight) {
    horizontal = pass.horizontal
    vertical = pass.vertical
    let (height, width) = (vertical.taps, horizontal.taps)
    prefix = [Weight](repeating: .zero, count: (height + 1) * (width + 1))
    for j in 0..<height {
      var line = Weight.zero
      for i in 0..<width {
        line += weight(j, i)
        prefix[(j + 1) * (width + 1) + i + 1] = prefix[j * (width + 1) + i + 1] + line
      }
    }
  }

  /// The sum of all weights.
  var total: Weight { prefix[prefix.count - 1] }

  /// The sum of the weights that lie inside for one window.
  func sum(row: Int, column: Int) -> Weight {
    let rows = vertical.liveTaps(row)
    let columns = horizontal.liveTaps(column)
    let width = horizontal.taps + 1
    return prefix[rows.upperBound * width + columns.upperBound]
      - prefix[rows.lowerBound * width + columns.upperBound]
      - prefix[rows.upperBound * width + columns.lowerBound]
      + prefix[rows.lowerBound * width + columns.lowerBound]
  }
}
