import Synchronization

/// The batches of a training or an evaluation.
///
/// What a batch holds is a function of (seed, epoch, step): batches can be asked for in any order,
/// again after a resume, from any thread, and are always the same.
public final class Batches: Sendable {
  public let images: LabelledImages
  public let normalisation: Normalisation
  /// Images in a full batch (≥ 1).
  public let batchSize: Int
  public let seed: UInt64
  /// Whether every epoch has its own order; otherwise that of the data set.
  public let shuffles: Bool
  /// Whether an incomplete last batch is left out.
  public let dropsLast: Bool
  public let augmentation: Augmentation
  private let rows: RowNormaliser
  private let order: Mutex<(epoch: Int, places: [Int32])?>

  /// - Parameters:
  ///   - images: at least one.
  ///   - normalisation: of the training images, also when these are the test images.
  ///   - batchSize: Images in a batch (≥ 1).
  ///   - seed: Draws order and augmentation.
  ///   - augmentation: its crop fits into the images; its translation is less than their sides.
  public init(
    _ images: LabelledImages, normalisation: Normalisation, batchSize: Int, seed: UInt64 = 0,
    shuffles: Bool = true, dropsLast: Bool = false, augmentation: Augmentation = .none
  ) {
    precondition(batchSize >= 1 && images.count >= 1, "a batch holds at least one image")
    precondition(normalisation.mean.count == images.channels, "one mean for each channel")
    precondition(
      (augmentation.crop?.height ?? 1) <= images.height
        && (augmentation.crop?.width ?? 1) <= images.width, "the crop fits into the image")
    precondition(
      augmentation.translation < min(images.height, images.width), "the image stays in view")
    self.images = images
    self.normalisation = normalisation
    self.batchSize = batchSize
    self.seed = seed
    self.shuffles = shuffles
    self.dropsLast = dropsLast
    self.augmentation = augmentation
    rows = RowNormaliser(
      normalisation, width: augmentation.crop?.width ?? images.width)
    order = Mutex(nil)
  }

  /// Rows of an image in a batch, in pixels.
  public var height: Int { augmentation.crop?.height ?? images.height }
  /// Columns of an image in a batch, in pixels.
  public var width: Int { augmentation.crop?.width ?? images.width }
  public var channels: Int { images.channels }
  /// Samples of one image in a batch.
  public var samplesPerImage: Int { height * width * channels }

  /// Batches in an epoch.
  public var steps: Int {
    dropsLast ? images.count / batchSize : (images.count + batchSize - 1) / batchSize
  }

  /// Images in batch `step`: `batchSize`, or fewer in an incomplete last one.
  public func count(step: Int) -> Int { min(batchSize, images.count - step * batchSize) }

  /// The images of batch `step`, as indices into the data set, in the order of the batch.
  public func indices(step: Int, epoch: Int) -> ArraySlice<Int32> {
    precondition((0..<steps).contains(step), "no such batch in an epoch")
    let range = step * batchSize..<step * batchSize + count(step: step)
    guard shuffles else { return (0..<Int32(images.count)).map { $0 }[range] }
    return order.withLock { order in
      if order?.epoch != epoch {
        let places = Shuffle.order(
          of: images.count, by: Philox(seed: seed, purpose: .shuffle),
          stream: UInt32(truncatingIfNeeded: epoch))
        order = (epoch, places)
      }
      return order!.places[range]
    }
  }

  /// Writes batch `step` of `epoch`.
  ///
  /// - Parameters:
  ///   - step: 0..<steps.
  ///   - epoch: ≥ 0.
  ///   - training: whether `augmentation` is applied; otherwise only its crop, in the middle.
  ///   - pixels: receives `[count, height, width, channels]`, normalised.
  ///   - labels: receives `[count]`.
  /// - Returns: the number of images written, `count(step:)`.
  @discardableResult
  public func fill(
    step: Int, epoch: Int, training: Bool = true, images pixels: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>
  ) -> Int {
    let members = indices(step: step, epoch: epoch)
    precondition(pixels.count >= members.count * samplesPerImage, "the batch fits the buffer")
    precondition(labels.count >= members.count, "the labels fit the buffer")
    let imageSamples = images.samplesPerImage
    let augments = training && augmentation != .none
    images.pixels.withUnsafeBufferPointer { source in
      var scratch = [UInt8](repeating: 0, count: width * channels)
      scratch.withUnsafeMutableBufferPointer { scratch in
        for (place, member) in members.enumerated() {
          let example = Int(member)
          labels[place] = images.labels[example]
          // Safety: `example` is a valid image, `place` a valid place of the batch (both checked
          // above); source and target are different buffers.
          let from = source.baseAddress! + example * imageSamples
          let to = pixels.baseAddress! + place * samplesPerImage
          let draw =
            augments
            ? augmentation.draw(
              seed: seed, epoch: epoch, example: example, height: images.height,
              width: images.width)
            : augmentation.place(height: images.height, width: images.width)
          write(draw, from: from, to: to, scratch: scratch.baseAddress!)
        }
      }
    }
    return members.count
  }

  /// Writes one image: rows gathered as bytes, then normalised.
  private func write(
    _ draw: Augmentation.Draw, from source: UnsafePointer<UInt8>,
    to target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<UInt8>
  ) {
    let rowSamples = width * channels
    let sourceRow = images.width * channels
    let inside = draw.left >= 0 && draw.left + width <= images.width
    for y in 0..<height {
      let row = target + y * rowSamples
      guard let sy = beyond(draw.top + y, images.height) else {
        scratch.update(repeating: 0, count: rowSamples)
        rows.apply(scratch, to: row)
        continue
      }
      let line = source + sy * sourceRow
      if inside && !draw.flips {
        // Safety: columns left..<left+width lie within the row.
        rows.apply(line + draw.left * channels, to: row)
      } else {
        gather(line, draw, to: scratch)
        rows.apply(scratch, to: row)
      }
    }
    for y in draw.cutRows {
      // Safety: the cut rows and columns lie within the result.
      (target + y * rowSamples + draw.cutColumns.lowerBound * channels)
        .update(repeating: 0, count: draw.cutColumns.count * channels)
    }
  }

  /// One row of the result as bytes, mirrored and shifted.
  ///
  /// The image is flipped first and shifted then, so column x shows column left + x of the flipped
  /// image.
  private func gather(
    _ line: UnsafePointer<UInt8>, _ draw: Augmentation.Draw,
    to scratch: UnsafeMutablePointer<UInt8>
  ) {
    for x in 0..<width {
      let column = beyond(draw.left + x, images.width).map {
        draw.flips ? images.width - 1 - $0 : $0
      }
      for channel in 0..<channels {
        // Safety: `column` is a column of the image, x one of the result.
        scratch[x * channels + channel] = column.map { line[$0 * channels + channel] } ?? 0
      }
    }
  }

  /// The sample that stands at `position`, or nil for black.
  private func beyond(_ position: Int, _ length: Int) -> Int? {
    if position >= 0 && position < length { return position }
    switch augmentation.border {
    case .zero: return nil
    case .reflect: return position < 0 ? -position : 2 * (length - 1) - position
    }
  }
}
