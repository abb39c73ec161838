import Random
import Raster
import Synchronization

/// The examples of a training or an evaluation, in the order and shape that a network wants them.
///
/// What stands at a position of an epoch is a function of (seed, epoch, position): batches can be
/// asked for in any order, in parts, again after a resume, from several threads at once, and are
/// always the same.
public final class Batches: Sendable {
  public let images: LabelledImages
  public let normalization: Normalization
  public let seed: UInt64
  public let augmentation: Augmentation
  private let rows: Normalization.Row
  private let order = Mutex<(epoch: Int, places: [Int32])?>(nil)

  /// - Parameters:
  ///   - images: at least one.
  ///   - normalization: of the training images, also when these are the test images.
  ///   - seed: Draws order and augmentation.
  ///   - augmentation: its crop fits into the images; its translation is less than their longer side.
  public init(
    _ images: LabelledImages, normalization: Normalization, seed: UInt64 = 0,
    augmentation: Augmentation = .none
  ) {
    precondition(images.count >= 1, "at least one image")
    precondition(normalization.mean.count == images.channels, "one mean for each channel")
    precondition(
      (augmentation.crop?.height ?? 1) <= images.height
        && (augmentation.crop?.width ?? 1) <= images.width, "the crop fits into the image")
    precondition(
      augmentation.translation < max(2, images.height, images.width), "the image stays in view")
    self.images = images
    self.normalization = normalization
    self.seed = seed
    self.augmentation = augmentation
    rows = Normalization.Row(normalization, width: augmentation.crop?.width ?? images.width)
  }

  /// Rows of an example, in pixels.
  public var height: Int { augmentation.crop?.height ?? images.height }
  /// Columns of an example, in pixels.
  public var width: Int { augmentation.crop?.width ?? images.width }
  public var channels: Int { images.channels }
  /// Samples of an example.
  public var samplesPerImage: Int { height * width * channels }
  /// Number of examples.
  public var count: Int { images.count }

  /// The images at `positions` of an epoch, as indices into the data set.
  ///
  /// - Parameters:
  ///   - positions: within 0..<count.
  ///   - epoch: ≥ 0, each with its own order; nil for the order of the data set.
  public func indices(_ positions: Range<Int>, epoch: Int?) -> [Int32] {
    precondition(positions.lowerBound >= 0 && positions.upperBound <= count, "no such example")
    guard let epoch else { return positions.map { Int32($0) } }
    return order.withLock { order in
      if order?.epoch != epoch {
        let random = CounterRandom(seed: seed, .shuffle, UInt64(bitPattern: Int64(epoch)))
        let places = random.order(of: images.count)
        order = (epoch, places)
      }
      return Array(order!.places[positions])
    }
  }

  /// Writes the examples at `positions` of an epoch.
  ///
  /// - Parameters:
  ///   - positions: within 0..<count.
  ///   - epoch: ≥ 0, shuffled and augmented accordingly; nil for evaluation: the order of the data
  ///     set, and nothing of the augmentation but its crop, in the middle.
  ///   - pixels: receives `[positions, height, width, channels]`, normalised.
  ///   - labels: receives `[positions]`.
  /// - Throws: where images are in files, what is wrong with one.
  public func fill(
    positions: Range<Int>, epoch: Int?, images pixels: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>
  ) throws(DatasetError) {
    let members = indices(positions, epoch: epoch)
    precondition(pixels.count >= members.count * samplesPerImage, "the images fit the buffer")
    precondition(labels.count >= members.count, "the labels fit the buffer")
    let failure: DatasetError? = withUnsafeTemporaryAllocation(
      of: UInt8.self, capacity: width * channels
    ) { scratch in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: width) { starts in
        for (place, member) in members.enumerated() {
          labels[place] = images.labels[Int(member)]
          do throws(DatasetError) {
            // Safety: `place` is a valid place of the buffers, checked above.
            try write(
              Int(member), epoch: epoch, to: pixels.baseAddress! + place * samplesPerImage,
              scratch: scratch.baseAddress!, starts: starts.baseAddress!)
          } catch { return error }
        }
        return nil
      }
    }
    if let failure { throw failure }
  }

  /// Writes an example as an epoch has it.
  private func write(
    _ example: Int, epoch: Int?, to target: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<UInt8>, starts: UnsafeMutablePointer<Int>
  ) throws(DatasetError) {
    let draw =
      epoch.map {
        augmentation.draw(
          seed: seed, epoch: $0, example: example, height: images.height, width: images.width)
      } ?? augmentation.place(height: images.height, width: images.width)
    try images.withSamples(of: example) { image in
      // Safety: source, scratch row, starts and target are different memory.
      if let view = draw.view {
        resample(view, draw.color, from: image, to: target)
      } else {
        write(draw, from: image, to: target, scratch: scratch, starts: starts)
      }
    }
    cut(draw, target)
  }

  /// Writes one image: rows gathered as bytes, then normalised.
  private func write(
    _ draw: Augmentation.Draw, from source: UnsafePointer<UInt8>,
    to target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<UInt8>,
    starts: UnsafeMutablePointer<Int>
  ) {
    let rowSamples = width * channels
    let sourceRow = images.width * channels
    let isStraight = draw.left >= 0 && draw.left + width <= images.width && !draw.flips
    if !isStraight { place(draw, starts) }
    for y in 0..<height {
      let row = target + y * rowSamples
      guard let sy = beyond(draw.top + y, images.height) else {
        scratch.update(repeating: 0, count: rowSamples)
        rows.apply(scratch, to: row)
        continue
      }
      let line = source + sy * sourceRow
      if isStraight {
        // Safety: columns left..<left+width lie within the row.
        rows.apply(line + draw.left * channels, to: row)
      } else {
        gather(line, starts, to: scratch)
        rows.apply(scratch, to: row)
      }
    }
  }

  /// Sets a square of one example to the mean.
  private func cut(_ draw: Augmentation.Draw, _ target: UnsafeMutablePointer<Float>) {
    for y in draw.cutRows {
      // Safety: the cut rows and columns lie within the result.
      (target + (y * width + draw.cutColumns.lowerBound) * channels)
        .update(repeating: 0, count: draw.cutColumns.count * channels)
    }
  }

  /// Writes one image that lies between the pixels of its source, or has other colours.
  private func resample(
    _ view: ImageView, _ color: ColorChange?, from source: UnsafePointer<UInt8>,
    to target: UnsafeMutablePointer<Float>
  ) {
    let sampler = ImageSampler(
      source, height: images.height, width: images.width, channels: channels,
      border: augmentation.border)
    // Safety: the target holds an example.
    sampler.write(view, height: height, width: width, to: target)
    color?.apply(target, count: height * width, channels: channels)
    for y in 0..<height { rows.apply(levels: target + y * width * channels) }
  }

  /// Where the pixels of a row start in the source, −1 for black; the same for all rows.
  ///
  /// The image is flipped first and shifted then, so column x shows column left + x of the flipped
  /// image.
  private func place(_ draw: Augmentation.Draw, _ starts: UnsafeMutablePointer<Int>) {
    for x in 0..<width {
      let column = beyond(draw.left + x, images.width)
      starts[x] =
        column.map { (draw.flips ? images.width - 1 - $0 : $0) * channels } ?? -1
    }
  }

  /// One row of the result as bytes, mirrored and shifted.
  private func gather(
    _ line: UnsafePointer<UInt8>, _ starts: UnsafePointer<Int>,
    to scratch: UnsafeMutablePointer<UInt8>
  ) {
    // Safety: each start is that of a pixel of the line; the scratch row holds `width` pixels.
    if channels == 3 {
      for x in 0..<width {
        let (start, pixel) = (starts[x], scratch + 3 * x)
        if start < 0 {
          (pixel[0], pixel[1], pixel[2]) = (0, 0, 0)
        } else {
          (pixel[0], pixel[1], pixel[2]) = (line[start], line[start + 1], line[start + 2])
        }
      }
    } else {
      for x in 0..<width {
        for channel in 0..<channels {
          scratch[x * channels + channel] = starts[x] < 0 ? 0 : line[starts[x] + channel]
        }
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
