internal import CConvKernels
import Raster

/// Few images: parts of an image take the place of images, so that all threads have work. The outputs
/// are those of the ways image by image.
extension ConvolutionBlock {
  /// Whether there are too few images to keep the team at work with one each.
  func isFew(_ batch: Int) -> Bool { pool == nil && batch < 2 * team.threads }

  /// Convolves a few images directly; the weights are in `packed`.
  func forward(
    few batch: Int, x: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let (x, bias, y) = (x, bias, y)
    for image in 0..<batch {
      let (from, to) = (x + image * shape.inputCount, y + image * outputCount)
      if plan.gathers {
        multiply(patches: from, bias, to)
      } else {
        convolve(rows: from, bias, to)
      }
    }
  }

  /// One image as one product, from its patches laid side by side.
  private func multiply(
    patches image: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>
  ) {
    let samples = plan.outputHeight * plan.outputWidth
    nonisolated(unsafe) let image = image
    nonisolated(unsafe) let patches = memory.floats(.inputs, samples * shape.depth)
    // Safety: tasks write patches of their own.
    team.split(0..<samples, grain: max(1, 65536 / shape.depth)) { part in
      self.plan.gather(part, of: image, into: patches)
    }
    multiply(samples: samples, patches, bias, y)
  }

  /// One image row by row.
  private func convolve(
    rows image: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>
  ) {
    var frame = image
    nonisolated(unsafe) let (image, bias, y) = (image, bias, y)
    if plan.isPadded {
      nonisolated(unsafe) let padded = memory.floats(.inputs, plan.frameCount)
      let row = max(1, plan.frameWidth * shape.inputChannels)
      // Safety: tasks write rows of their own.
      team.split(0..<plan.frameHeight, grain: max(1, 32768 / row)) { part in
        for row in part { self.plan.copy(image, frameRow: row, into: padded) }
      }
      frame = UnsafePointer(padded)
    }
    let count = plan.outputWidth * shape.outputChannels
    nonisolated(unsafe) let framed = frame
    // Safety: as above.
    team.split(0..<plan.outputHeight, grain: max(1, Self.work / (count * shape.depth))) { part in
      for row in part {
        self.convolve(framed, row: row, bias: bias, relu: self.relu, into: y + row * count)
      }
    }
  }

  /// Products that are worth a task of their own: about 10 µs.
  private static let work = 1 << 19

  /// Rows of `shape.depth` values, however many, times the packed weights: a convolution of 1×1 taps
  /// over samples of whichever images, or one whose patches are laid side by side.
  ///
  /// Threads share the rows where there are many, else the filters: whichever is read once then is
  /// the larger part.
  func multiply(
    samples: Int, _ x: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>
  ) {
    // A rank may have no image of a batch.
    if samples == 0 { return }
    nonisolated(unsafe) let (x, bias, y) = (x, bias, y)
    let (depth, outputs) = (shape.depth, shape.outputChannels)
    let tile = kernels.tileRows
    let rows = Self.rowsAtOnce(depth, kernels)
    let parts = max(1, min(4 * team.threads, samples * outputs / max(1, Self.work / depth)))
    if team.threads > 1, outputs > samples {
      // Blocks alike: the filters are read once for each.
      let blocks = (samples + rows - 1) / rows
      let block = ((samples + blocks - 1) / blocks + tile - 1) / tile * tile
      // Safety: each task writes filters of its own; weights fill whole panels.
      team.share(kernels.panels(outputs), parts: parts) { part in
        for first in stride(from: 0, to: samples, by: block) {
          self.multiply(first..<min(first + block, samples), part, x, bias, y)
        }
      }
      return
    }
    // Safety: each task writes samples of its own; weights fill whole panels.
    team.share(samples, parts: max(parts, (samples + rows - 1) / rows), unit: tile) { part in
      self.multiply(part, 0..<self.kernels.panels(outputs), x, bias, y)
    }
  }

  /// Samples times the weights that were kept, on this thread.
  func multiplyKept(
    _ samples: Int, _ x: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>
  ) {
    multiply(0..<samples, 0..<kernels.panels(shape.outputChannels), x, bias, y)
  }

  /// Whole tiles, 256 kB of samples: they stay in the cache while all panels pass.
  static func rowsAtOnce(_ depth: Int, _ kernels: TensorKernels) -> Int {
    max(kernels.tileRows, 65536 / depth / kernels.tileRows * kernels.tileRows)
  }

  /// Some rows times some panels.
  private func multiply(
    _ rows: Range<Int>, _ panels: Range<Int>, _ x: UnsafePointer<Float>,
    _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>
  ) {
    let from = x + rows.lowerBound * shape.depth
    guard kernels.takesPairs else {
      return multiply(rows, panels, from, depth: shape.depth, bias, y)
    }
    let depth = TensorKernels.pairs(shape.depth)
    folds.borrow { pairs in
      // Safety: tasks take no more rows than fit.
      precondition(rows.count * depth <= pairs.count, "the rows fit")
      kernels.fold(rows: rows.count, columns: shape.depth, from, into: pairs.pointer)
      multiply(rows, panels, pairs.pointer, depth: depth, bias, y)
    }
  }

  /// - Parameters:
  ///   - from: the first of the rows.
  ///   - depth: steps of a sum.
  private func multiply(
    _ rows: Range<Int>, _ panels: Range<Int>, _ from: UnsafePointer<Float>, depth: Int,
    _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>
  ) {
    let first = panels.lowerBound * kernels.panel
    var product = net_product()
    product.rows = rows.count
    product.columns = min(panels.upperBound * kernels.panel, shape.outputChannels) - first
    product.a = from
    product.a_row = depth
    product.a_step = 1
    product.run_length = depth
    product.b = UnsafePointer(packed.pointer + first * depth)
    product.b_step = kernels.panel
    product.b_panel = depth * kernels.panel
    product.c = y + rows.lowerBound * shape.outputChannels + first
    product.c_row = shape.outputChannels
    product.bias = bias.map { $0 + first }
    product.relu = relu
    product.ceiling = ceiling ?? 0
    kernels.multiply(&product, pairs: kernels.takesPairs)
  }
}
