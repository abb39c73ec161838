internal import CConvKernels

/// How the outputs of a convolution of 3 by 3 taps are cut into tiles, (side + 2)² products for side²
/// outputs in the place of 9 · side².
///
/// Results differ from the direct ones by rounding only: about 10⁻⁶ of the largest value with a side
/// of 2, 10⁻⁵ with 4 (2·10⁻⁵ over more than 64 channels). Gradients are the transposes of the same maps.
/// - SeeAlso: Lavin & Gray, arXiv:1509.09308.
struct WinogradTiling: Sendable {
  /// Outputs along a side of a tile (2, 3 or 4).
  let side: Int
  /// Tiles of an image; those at the bottom and at the right may reach beyond the last output.
  let down: Int
  let across: Int
  /// Images whose tiles are multiplied together, so that the weights are read for many rows.
  let group: Int
  /// Channels of the input, rounded up to whole registers.
  let pixel: Int

  var planes: Int { (side + 2) * (side + 2) }
  var tiles: Int { down * across }
  /// The samples that the tiles of an image read.
  var frameHeight: Int { down * side + 2 }
  var frameWidth: Int { across * side + 2 }
  var frameCount: Int { frameHeight * frameWidth * pixel }

  /// Rows of a product that make it worth reading its weights.
  private static let rows = 128
  /// Products that a value of a transform costs, by measurement.
  private static let transformCost = 16

  /// Products that reading a weight costs where all do not fit a cache, and how many these are at least.
  private static let (weightCost, largeWeights) = (10, 1 << 16)

  /// The cheapest cut; nil where the direct products cost less or tiles do not fit the layer.
  ///
  /// - Parameter images: the largest batch, where the weights are prepared beforehand: few small maps pay
  ///   for reading many of them. nil by the shape alone, so that ranks that share a batch agree.
  init?(_ plan: ConvolutionPlan, _ kernels: TensorKernels, images: Int? = nil) {
    let shape = plan.shape
    guard shape.kernelHeight == 3, shape.kernelWidth == 3,
      max(shape.strideY, shape.strideX, shape.dilationY, shape.dilationX) == 1,
      shape.outputChannels % kernels.lanes == 0
    else { return nil }
    let products = shape.inputChannels * shape.outputChannels
    let channels = (shape.inputChannels + kernels.lanes - 1) / kernels.lanes * kernels.lanes
    let transforms = Self.transformCost * (channels + shape.outputChannels)
    let isLarge = images != nil && products >= Self.largeWeights
    let (batch, reading) = isLarge ? (images!, Self.weightCost * products) : (1, 0)
    var best = 9 * (batch * plan.usedHeight * plan.usedWidth * products + reading)
    // Tiles stay in single precision: their transforms would make the errors of rounded products 1.5 (side 2)
    // to 10 times (side 4) as large. Those of the direct way cost half.
    if kernels.takesPairs { best /= 2 }
    var side = 0
    for candidate in 2...4 {
      let tiles =
        ((plan.usedHeight + candidate - 1) / candidate)
        * ((plan.usedWidth + candidate - 1) / candidate)
      let cost =
        (candidate + 2) * (candidate + 2) * (batch * tiles * (products + transforms) + reading)
      if cost < best { (best, side) = (cost, candidate) }
    }
    guard side > 0 else { return nil }
    self.side = side
    down = (plan.usedHeight + side - 1) / side
    across = (plan.usedWidth + side - 1) / side
    group = max(1, Self.rows / (down * across))
    pixel = channels
  }

  /// Elements between the planes of `images` images with `channels` channels: an odd number of cache
  /// lines, so that planes do not fall into one cache set.
  func plane(_ images: Int, _ channels: Int) -> Int { plane(tiles: images * tiles, channels) }

  /// The same for so many tiles.
  func plane(tiles: Int, _ channels: Int) -> Int { ((tiles * channels + 15) / 16 | 1) * 16 }

  /// Copies an image, or what some rows of tiles see of it, into the middle of a frame whose border is 0.
  func copy(
    _ image: UnsafePointer<Float>, _ shape: ConvolutionShape, tileRows: Range<Int>? = nil,
    into frame: UnsafeMutablePointer<Float>
  ) {
    let seen = tileRows.map { $0.lowerBound * side..<$0.upperBound * side + 2 } ?? 0..<frameHeight
    let first = max(0, seen.lowerBound - shape.padTop)
    let last = max(first, min(shape.inputHeight, seen.upperBound - shape.padTop))
    let columns = max(0, min(shape.inputWidth, frameWidth - shape.padLeft))
    for row in first..<last {
      let from = image + row * shape.inputWidth * shape.inputChannels
      let to = frame + ((row + shape.padTop) * frameWidth + shape.padLeft) * pixel
      if pixel == shape.inputChannels {
        to.update(from: from, count: columns * pixel)
        continue
      }
      for column in 0..<columns {
        (to + column * pixel).update(
          from: from + column * shape.inputChannels, count: shape.inputChannels)
      }
    }
  }

  /// Copies the middle of a frame out; what lies beyond the frame is 0.
  func copy(
    _ frame: UnsafePointer<Float>, _ shape: ConvolutionShape,
    outOf image: UnsafeMutablePointer<Float>
  ) {
    let rows = max(0, min(shape.inputHeight, frameHeight - shape.padTop))
    let columns = max(0, min(shape.inputWidth, frameWidth - shape.padLeft))
    if rows < shape.inputHeight || columns < shape.inputWidth {
      image.update(repeating: 0, count: shape.inputCount)
    }
    for row in 0..<rows {
      let from = frame + ((row + shape.padTop) * frameWidth + shape.padLeft) * pixel
      let to = image + row * shape.inputWidth * shape.inputChannels
      for column in 0..<columns {
        (to + column * shape.inputChannels).update(
          from: from + column * pixel, count: shape.inputChannels)
      }
    }
  }

  /// The tiles of one row of an image: fields that all transforms share.
  func tilesOfRow(
    _ planes: UnsafeMutablePointer<Float>, image: Int, row: Int, channels: Int, plane: Int
  ) -> net_tiles {
    tilesOfRow(planes, at: image * tiles + row * across, channels: channels, plane: plane)
  }

  /// - Parameter first: the place of the first of them in the planes.
  func tilesOfRow(
    _ planes: UnsafeMutablePointer<Float>, at first: Int, channels: Int, plane: Int
  ) -> net_tiles {
    var work = net_tiles()
    work.side = Int32(side)
    work.tiles = across
    work.channels = channels
    work.planes = planes + first * channels
    work.plane = plane
    work.tile = channels
    return work
  }

  /// The transformed inputs of one image, from its frame.
  func transform(
    _ frame: UnsafePointer<Float>, image: Int, into planes: UnsafeMutablePointer<Float>, plane: Int,
    _ kernels: TensorKernels
  ) {
    transform(frame, rows: 0..<down, at: image * tiles, into: planes, plane: plane, kernels)
  }

  /// The transformed inputs of some rows of tiles.
  ///
  /// - Parameter first: the place of the first of them in the planes.
  func transform(
    _ frame: UnsafePointer<Float>, rows: Range<Int>, at first: Int,
    into planes: UnsafeMutablePointer<Float>, plane: Int, _ kernels: TensorKernels
  ) {
    for row in rows {
      var work = tilesOfRow(
        planes, at: first + (row - rows.lowerBound) * across, channels: pixel, plane: plane)
      // Safety: the last tile ends with the frame.
      work.in = frame + row * side * frameWidth * pixel
      work.row = frameWidth * pixel
      work.pixel = pixel
      kernels.table.tiles_input(&work)
    }
  }
}
