/// Parts of what an image is laid out to, for threads that share one image.
extension ConvolutionPlan {
  /// Lays a row of the frame down: zeros, samples of the image, zeros.
  func copy(
    _ image: UnsafePointer<Float>, frameRow: Int, into frame: UnsafeMutablePointer<Float>
  ) {
    let (channels, count) = (shape.inputChannels, shape.inputWidth * shape.inputChannels)
    let (to, row) = (frame + frameRow * frameWidth * channels, frameRow - shape.padTop)
    guard row >= 0, row < shape.inputHeight else {
      return to.update(repeating: 0, count: frameWidth * channels)
    }
    to.update(repeating: 0, count: shape.padLeft * channels)
    (to + shape.padLeft * channels).update(from: image + row * count, count: count)
    (to + shape.padLeft * channels + count).update(
      repeating: 0, count: shape.padRight * channels)
  }

  /// Whether rows of the output are so short that tiles of a product would be badly filled by each, and
  /// well by all together.
  var gathers: Bool { pool == nil && outputWidth < 32 }

  /// The samples that some outputs see, in the order of the weights: `depth` values an output, zeros
  /// beyond the border.
  ///
  /// - Parameters:
  ///   - outputs: places of the output, row by row.
  ///   - patches: the first is that of output 0.
  func gather(
    _ outputs: Range<Int>, of image: UnsafePointer<Float>,
    into patches: UnsafeMutablePointer<Float>
  ) {
    let channels = shape.inputChannels
    for output in outputs {
      let top = output / outputWidth * shape.strideY - shape.padTop
      let left = output % outputWidth * shape.strideX - shape.padLeft
      for j in 0..<shape.kernelHeight {
        let row = top + j * shape.dilationY
        let to = patches + output * shape.depth + j * shape.kernelWidth * channels
        guard row >= 0, row < shape.inputHeight else {
          to.update(repeating: 0, count: shape.kernelWidth * channels)
          continue
        }
        let from = image + row * shape.inputWidth * channels
        if shape.dilationX == 1 {
          let first = min(max(0, -left), shape.kernelWidth)
          let last = max(first, min(shape.kernelWidth, shape.inputWidth - left))
          to.update(repeating: 0, count: first * channels)
          (to + first * channels).update(
            from: from + (left + first) * channels, count: (last - first) * channels)
          (to + last * channels).update(
            repeating: 0, count: (shape.kernelWidth - last) * channels)
          continue
        }
        for i in 0..<shape.kernelWidth {
          let column = left + i * shape.dilationX
          if column >= 0, column < shape.inputWidth {
            (to + i * channels).update(from: from + column * channels, count: channels)
          } else {
            (to + i * channels).update(repeating: 0, count: channels)
          }
        }
      }
    }
  }
}
