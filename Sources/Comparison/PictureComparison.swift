import Raster

/// Compares two pictures band by band, from the top.
///
/// Memory is linear in a row: the bands themselves, and for structural similarity some fifty rows of
/// doubles a channel and scale.
public final class PictureComparison {
  public let format: PictureFormat
  private let dataRange: Double
  private let team: ThreadTeam
  private var sums = SampleSums()
  private let similarities: [SimilarityScale]
  private var nextRow = 0

  /// - Parameters:
  ///   - format: of both pictures.
  ///   - dataRange: from black to white (> 0), for PSNR and structural similarity; nil for full intensity, which
  ///     is 1 for floats.
  ///   - team: shares the channels.
  public init(_ format: PictureFormat, dataRange: Double? = nil, team: ThreadTeam) {
    let dataRange = dataRange ?? format.sample.maximum
    precondition(dataRange > 0, "there is something between black and white")
    self.format = format
    self.dataRange = dataRange
    self.team = team
    similarities = (0..<format.color.channels).map { _ in
      SimilarityScale(
        width: format.width, height: format.height, dataRange: dataRange,
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
    case .float32: add(first, second, as: Float.self)
    }
  }

  private func add<Sample: ComparedSample>(
    _ first: RowBand, _ second: RowBand, as type: Sample.Type
  ) {
    let (count, channels) = (format.samplesPerRow, format.color.channels)
    for y in first.rows {
      // Safety: rows of a band hold `samplesPerRow` samples and are aligned to them.
      let a = UnsafeBufferPointer(
        start: first.row(y).assumingMemoryBound(to: Sample.self), count: count)
      let b = UnsafeBufferPointer(
        start: second.row(y).assumingMemoryBound(to: Sample.self), count: count)
      Sample.add(a, b, y: y, to: &sums)
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
    let compared = Double(samples - sums.incomparable)
    let scores = similarities.map(MultiScaleSSIM.init)
    let count = Double(scores.count)
    let isWhole = scores.allSatisfy { $0.multiScale != nil }
    let place = sums.place.map {
      PictureDifference.Place(
        x: $0.sample / format.color.channels, y: $0.y, channel: $0.sample % format.color.channels)
    }
    return PictureDifference(
      dataRange: dataRange, samples: samples, differing: sums.differing,
      incomparable: sums.incomparable, largest: sums.largest, place: place,
      mean: sums.absolute / compared, rootMeanSquare: (sums.squares / compared).squareRoot(),
      ssim: scores.allSatisfy { $0.single != nil }
        ? scores.reduce(0) { $0 + $1.single! } / count : nil,
      multiScaleSSIM: isWhole ? scores.reduce(0) { $0 + $1.multiScale! } / count : nil)
  }
}
