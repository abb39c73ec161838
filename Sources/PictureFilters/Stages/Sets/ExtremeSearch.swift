import Synchronization

/// The smallest and the largest result of a picture, in the units of the sums.
struct Extremes: Sendable, Hashable {
  var low = Double.infinity
  var high = -Double.infinity
}

/// Finds the extremes of the results of a picture, or of a part; channels that are copied do not count.
final class ExtremeSearch: Sendable {
  private let found = Mutex(Extremes())
  private let copied: Set<Int>
  private let part: SelectedPart?

  /// - Parameters:
  ///   - copied: channels of the output that are no results.
  ///   - part: the pixels that count; nil for all.
  init(copied: Set<Int>, part: SelectedPart?) { (self.copied, self.part) = (copied, part) }

  var extremes: Extremes { found.withLock { $0 } }

  /// Notes a row of `count` pixels of `kept` results each.
  func note(_ values: UnsafePointer<Double>, row: Int, kept: Int, count: Int) {
    var (low, high) = (Double.infinity, -Double.infinity)
    for channel in 0..<kept where kept == 1 || !copied.contains(channel) {
      for x in 0..<count where part?.contains(row: row, column: x) ?? true {
        let value = values[x * kept + channel]
        low = value < low ? value : low
        high = value > high ? value : high
      }
    }
    found.withLock {
      $0.low = min($0.low, low)
      $0.high = max($0.high, high)
    }
  }
}
