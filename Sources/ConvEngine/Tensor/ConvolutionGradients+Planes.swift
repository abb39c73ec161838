import Raster

extension ConvolutionGradients {
  /// The whole batch through Winograd's tiles, a segment of its pieces after the other.
  func run(
    planes winograd: WinogradGradients, _ pieces: [Range<Int>], x: UnsafePointer<Float>,
    y: UnsafePointer<Float>?, argmax: UnsafePointer<UInt8>?, dy: UnsafeMutablePointer<Float>,
    dx: UnsafeMutablePointer<Float>?, weightGradient: UnsafeMutablePointer<Float>,
    biasGradient: UnsafeMutablePointer<Float>?, team: ThreadTeam
  ) {
    let (count, filters) = (plan.outputCount, plan.shape.outputChannels)
    // Sums over the outputs of each piece.
    let biases = memory.floats(.partial, pieces.count * filters)
    biases.update(repeating: 0, count: pieces.count * filters)
    let atOnce = max(1, winograd.tiling.segment(plan) / max(1, pieces[0].count))
    nonisolated(unsafe) let (x, y, argmax, dy, dx) = (x, y, argmax, dy, dx)
    for start in stride(from: 0, to: pieces.count, by: atOnce) {
      let numbers = start..<min(start + atOnce, pieces.count)
      let segment = winograd.segment(Array(pieces[numbers]), memory)
      nonisolated(unsafe) let sums = biases
      // Safety: each task has its own images, and the sums of its piece.
      team.run(numbers.count) { index in
        let number = numbers.lowerBound + index
        self.frames.borrow { frame in
          self.spaces.borrow { space in
            for image in pieces[number] {
              let own = dy + image * count
              if let y { self.kernels.table.mask(count, y + image * count, own, own) }
              self.addBias(own, sums + number * filters, space)
              winograd.transform(
                x + image * self.plan.shape.inputCount,
                gradient: self.plan.pool == nil
                  ? UnsafePointer(own) : self.spread(own, argmax! + image * count, space),
                at: image - segment.images.lowerBound, segment.inputs, plane: segment.inputPlane,
                segment.products, plane: segment.outputPlane, frame.input.pointer)
            }
          }
        }
      }
      winograd.addWeights(segment, to: weightGradient, isFirst: start == 0, blocks, team)
      guard dx != nil else { continue }
      winograd.turnBack(segment, team)
      team.run(segment.images.count) { index in
        let image = segment.images.lowerBound + index
        self.frames.borrow { frame in
          winograd.scatter(
            segment.inputs, plane: segment.inputPlane, at: index, frame.gradient.pointer,
            into: dx! + image * self.plan.shape.inputCount)
        }
      }
    }
    for number in 1..<max(1, pieces.count) {
      kernels.table.combine(filters, 1, biases + number * filters, 1, biases)
    }
    biasGradient?.update(from: biases, count: filters)
  }
}
