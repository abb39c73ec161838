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
    // Whole tiles, 128 kB of samples: they stay in the cache while all panels pass.
    let rows = max(tile, 32768 / depth / tile * tile)
    let parts = max(1, min(4 * team.threads, samples * outputs / max(1, Self.work / depth)))
    if team.threads > 1, outputs > samples {
      // Safety: each task writes filters of its own; weights fill whole panels.
      team.share(kernels.panels(outputs), parts: parts) { part in
        for first in stride(from: 0, to: samples, by: rows) {
          self.multiply(first..<min(first + rows, samples), part, x, bias, y)
        }
      }
      return
    }
    // Safety: each task writes samples of its own; weights fill whole panels.
    team.share(samples, parts: max(parts, (samples + rows - 1) / rows), unit: tile) { part in
      self.multiply(part, 0..<self.kernels.panels(outputs), x, bias, y)
    }
  }

  /// Some rows times some panels.
  private func multiply(
    _ rows: Range<Int>, _ panels: Range<Int>, _ x: UnsafePointer<Float>,
    _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>
  ) {
    let first = panels.lowerBound * kernels.panel
    var product = net_product()
    product.rows = rows.count
    product.columns = min(panels.upperBound * kernels.panel, shape.outputChannels) - first
    product.a = x + rows.lowerBound * shape.depth
    product.a_row = shape.depth
    product.a_step = 1
    product.run_length = shape.depth
    product.b = UnsafePointer(packed.pointer + first * shape.depth)
    product.b_step = kernels.panel
    product.b_panel = shape.depth * kernels.panel
    product.c = y + rows.lowerBound * shape.outputChannels + first
    product.c_row = shape.outputChannels
    product.bias = bias.map { $0 + first }
    product.relu = relu
    product.ceiling = ceiling ?? 0
    kernels.multiply(&product)
  }
}
