import Raster

/// Compares two pictures band by band, from the top.
///
/// Memory is linear in a row: the bands themselves, and for structural similarity some fifty rows of
/// doubles a channel and scale.
public final class PictureComparison {
  public let format: PictureFormat
  private let team: ThreadTeam
  private var sums = SampleSums()
  private let similarities: [SimilarityScale]
  private var nextRow = 0

  /// - Parameters:
  ///   - format: of both pictures; integer samples.
  ///   - team: shares the channels.
  public init(_ format: PictureFormat, team: ThreadTeam) {
    precondition(format.sample != .float32, "levels are integers")
    self.format = format
    self.team = team
    similarities = (0..<format.color.channels).map { _ in
      SimilarityScale(
        width: format.width, height: format.height, fullLevel: format.sample.maximum,
        scales: MultiScaleSSIM.weights.count)
    }
  }

  /// Bytes that a comparison takes besides the bands.
  public static func memory(_ format: PictureFormat) -> Int {
    SimilarityScale.memory(width: format.width).times(format.color.channels) ?? .max
  }

  /// Adds the next rows.
  ///
  /// - Parameters:
  ///   - first, second: the same rows of the pictures, those that follow the last ones.
  public func add(_ first: RowBand, _ second: RowBand) {
    precondition(
      first.rows == second.rows && first.firstRow == nextRow, "rows come once each, from the top")
    nextRow += first.count
    switch format.sample {
    case .uint8: add(first, second, as: UInt8.self)
    case .uint16: add(first, second, as: UInt16.self)
    case .float32: preconditionFailure("levels are integers")
    }
  }

  private func add<Sample: FixedWidthInteger & UnsignedInteger & Sendable>(
    _ first: RowBand, _ second: RowBand, as type: Sample.Type
  ) {
    let (count, channels) = (format.samplesPerRow, format.color.channels)
    for y in first.rows {
      // Safety: rows of a band hold `samplesPerRow` samples and are aligned to them.
      let a = UnsafeBufferPointer(
        start: first.row(y).assumingMemoryBound(to: Sample.self), count: count)
      let b = UnsafeBufferPointer(
        start: second.row(y).assumingMemoryBound(to: Sample.self), count: count)
      sums.add(a, b, y: y, channels: channels)
    }
    // Safety: each channel has its own scales; the bands are only read.
    nonisolated(unsafe) let similarities = similarities
    team.run(channels) { channel in
      for y in first.rows {
        similarities[channel].add(
          first.row(y).assumingMemoryBound(to: Sample.self) + channel,
          second.row(y).assumingMemoryBound(to: Sample.self) + channel, step: channels)
      }
    }
  }

  /// What was found, after the last row.
  public func finish() -> PictureDifference {
    precondition(nextRow == format.height, "rows are missing")
    for scale in similarities { scale.finish() }
    let samples = format.samplesPerRow * format.height
    let scores = similarities.map(MultiScaleSSIM.init)
    let count = Double(scores.count)
    let isWhole = scores.allSatisfy { $0.multiScale != nil }
    let place = sums.place.map {
      PictureDifference.Place(
        x: $0.sample / format.color.channels, y: $0.y, channel: $0.sample % format.color.channels)
    }
    return PictureDifference(
      fullLevel: format.sample.maximum, samples: samples, differing: sums.differing,
      largest: sums.largest, place: place, mean: sums.absolute / Double(samples),
      rootMeanSquare: (sums.squares / Double(samples)).squareRoot(),
      ssim: scores[0].single == nil ? nil : scores.reduce(0) { $0 + $1.single! } / count,
      multiScaleSSIM: isWhole ? scores.reduce(0) { $0 + $1.multiScale! } / count : nil)
  }
}

/// Sums over samples.
private struct SampleSums {
  var differing = 0
  var largest = 0
  var place: (sample: Int, y: Int)?
  var absolute = 0.0
  var squares = 0.0

  mutating func add<Sample: FixedWidthInteger & UnsignedInteger>(
    _ a: UnsafeBufferPointer<Sample>, _ b: UnsafeBufferPointer<Sample>, y: Int, channels: Int
  ) {
    // A row of 16 bits: 2³¹ samples at most, whose squares fit into 64 bits together.
    var (differing, largest, absolute, squares) = (0, Sample(0), UInt64(0), UInt64(0))
    for x in 0..<a.count {
      let difference = a[x] > b[x] ? a[x] &- b[x] : b[x] &- a[x]
      differing &+= difference == 0 ? 0 : 1
      largest = max(largest, difference)
      absolute &+= UInt64(truncatingIfNeeded: difference)
      squares &+= UInt64(truncatingIfNeeded: difference) &* UInt64(truncatingIfNeeded: difference)
    }
    self.differing += differing
    self.absolute += Double(absolute)
    self.squares += Double(squares)
    if Int(largest) > self.largest {
      self.largest = Int(largest)
      let sample = a.indices.first { max(a[$0], b[$0]) - min(a[$0], b[$0]) == largest }
      place = (sample!, y)
    }
  }
}
