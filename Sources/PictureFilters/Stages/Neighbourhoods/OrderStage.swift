import ConvEngine
import KernelLanguage
import Raster

/// Gathers the members of each window and picks one: any element, padding, depth; floats too.
///
/// What the running bodies are measured by; takes time by the members.
struct OrderStage: RowStage {
  enum Choice: Sendable {
    case minimum
    case maximum
    case rank(Rank)
  }

  let input: PictureFormat
  let output: PictureFormat
  let choice: Choice
  let element: StructuringElement
  let vertical: WindowAxis
  let horizontal: WindowAxis
  /// Under `truncate` only members inside the picture count.
  let padding: Padding
  /// Beyond the border, channel by channel.
  let fill: [Double]
  let copies: [CorrelationStage.ChannelCopy]

  var operations: Double { 4 * Double(element.count) }
  var summary: String { "\(element.width)x\(element.height), \(choice), member by member" }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let first = vertical.start(rows.lowerBound)
    let last = vertical.start(rows.upperBound - 1) + vertical.window
    return padding.sources(first..<last, count: vertical.input).including(
      vertical.anchorSample(rows.lowerBound), vertical.anchorSample(rows.upperBound - 1))
  }

  func scratchBytes(rows: Int) -> Int {
    horizontal.output.saturatingProduct(8).saturatingSum(element.count.saturatingProduct(40))
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    switch input.sample {
    case .uint8: produce(UInt8.self, band, window) { UInt8(clamping: Int($0)) }
    case .uint16: produce(UInt16.self, band, window) { UInt16(clamping: Int($0)) }
    case .float32: produce(Float.self, band, window) { Float($0) }
    }
  }

  private func produce<Sample: Comparable & BitwiseCopyable>(
    _ type: Sample.Type, _ band: RowBand, _ window: RowWindow, _ sample: (Double) -> Sample
  ) {
    let channels = input.color.channels
    let beyond = fill.map(sample)
    let members = (0..<element.height).flatMap { y in
      (0..<element.width).compactMap { element.contains($0, y) ? (x: $0, y: y) : nil }
    }
    var values: [Sample] = []
    values.reserveCapacity(members.count)
    let copied = Set(copies.map(\.to))
    for y in band.rows {
      let result = band.row(y).assumingMemoryBound(to: Sample.self)
      let (top, middle) = (vertical.start(y), window.row(vertical.anchorSample(y)))
      for x in 0..<output.width {
        let left = horizontal.start(x)
        for channel in 0..<channels where !copied.contains(channel) {
          values.removeAll(keepingCapacity: true)
          for member in members {
            let row = padding.source(top + member.y * vertical.dilation, count: input.height)
            let column = padding.source(left + member.x * horizontal.dilation, count: input.width)
            if let row, let column {
              // Safety: both lie within the picture, and the row within the window.
              values.append(
                window.row(row).assumingMemoryBound(to: Sample.self)[column * channels + channel])
            } else if padding != .truncate {
              values.append(beyond[channel])
            }
          }
          let own = middle.assumingMemoryBound(to: Sample.self)[
            horizontal.anchorSample(x) * channels + channel]
          result[x * channels + channel] = pick(&values) ?? own
        }
      }
    }
    copy(copies, from: window, to: band, [vertical], [horizontal])
  }

  /// nil where no member lies inside.
  private func pick<Sample: Comparable>(_ values: inout [Sample]) -> Sample? {
    if values.isEmpty { return nil }
    // What is no number has no place in an order.
    if input.sample == .float32, let none = values.first(where: { $0 != $0 }) { return none }
    switch choice {
    case .minimum: return values.min()
    case .maximum: return values.max()
    case .rank(let rank):
      let index = rank.index(of: values.count)
      return selected(&values, index)
    }
  }
}

/// The value that would stand at `index` in ascending order; reorders the values.
///
/// - SeeAlso: Hoare, Algorithm 65: Find, 1961.
func selected<Value: Comparable>(_ values: inout [Value], _ index: Int) -> Value {
  var (low, high) = (0, values.count - 1)
  while low < high {
    let pivot = values[(low + high) / 2]
    var (i, j) = (low, high)
    while i <= j {
      while values[i] < pivot { i += 1 }
      while pivot < values[j] { j -= 1 }
      if i <= j {
        values.swapAt(i, j)
        i += 1
        j -= 1
      }
    }
    if index <= j { high = j } else if index >= i { low = i } else { break }
  }
  return values[index]
}
