import Raster

extension ConvolutionGradients {
  /// Where the gradients of a node of the batch's tree go.
  struct SegmentSums {
    let weights: UnsafeMutablePointer<Float>
    let biases: UnsafeMutablePointer<Float>?
  }

  /// A node of the batch's tree, a segment of its pieces after the other.
  ///
  /// - Parameters:
  ///   - node: its leaves.
  ///   - first: the example that `x` and the others begin with.
  func run<Way: SegmentedGradients>(
    segments way: Way, _ node: Range<Int>, _ tree: BatchTree, first: Int,
    x: UnsafePointer<Float>, y: UnsafePointer<Float>?, argmax: UnsafePointer<UInt8>?,
    dy: UnsafeMutablePointer<Float>, dx: UnsafeMutablePointer<Float>?, into all: SegmentSums,
    _ team: ThreadTeam
  ) {
    let (count, filters) = (plan.outputCount, plan.shape.outputChannels)
    let pieces = node.map { leaf in
      let examples = tree.examples(of: leaf..<leaf + 1)
      return examples.lowerBound - first..<examples.upperBound - first
    }
    // Sums over the outputs of each piece.
    let biases = memory.floats(.partial, pieces.count * filters)
    biases.update(repeating: 0, count: pieces.count * filters)
    // Whole nodes of the tree at a time.
    let most = max(1, way.imagesAtOnce / max(1, pieces.map(\.count).max()!))
    let atOnce = min(
      1 << (Int.bitWidth - 1 - most.leadingZeroBitCount), mostPieces)
    let weightCount = plan.shape.weightCount
    let segments = (pieces.count + atOnce - 1) / atOnce
    nonisolated(unsafe) let waiting = memory.floats(
      .waiting, segments > 1 ? (Int.bitWidth - segments.leadingZeroBitCount) * weightCount : 0)
    func gradient(_ buffer: Int) -> UnsafeMutablePointer<Float> {
      buffer == 0 ? all.weights : waiting + (buffer - 1) * weightCount
    }
    var counter = TreeCounter { to, from in
      nonisolated(unsafe) let (to, from) = (gradient(to), gradient(from))
      team.split(0..<weightCount, grain: max(4096, weightCount / 64)) { part in
        self.kernels.table.combine(
          part.count, 1, from + part.lowerBound, 1, to + part.lowerBound)
      }
    }
    nonisolated(unsafe) let (x, y, argmax, dy, dx) = (x, y, argmax, dy, dx)
    for start in stride(from: 0, to: pieces.count, by: atOnce) {
      let numbers = start..<min(start + atOnce, pieces.count)
      let segment = way.segment(Array(pieces[numbers]), memory)
      let first = pieces[start].lowerBound
      nonisolated(unsafe) let sums = biases
      // Safety: each task has its own images, and the sums of its piece.
      team.run(numbers.count) { index in
        let number = numbers.lowerBound + index
        self.spaces.borrow { space in
          for image in pieces[number] {
            let own = dy + image * count
            if let y { self.kernels.table.mask(count, y + image * count, own, own) }
            self.addBias(own, sums + number * filters, space)
            way.lay(
              x + image * self.plan.shape.inputCount,
              gradient: self.plan.pool == nil
                ? UnsafePointer(own) : self.unpooled(own, argmax! + image * count, space),
              at: image - first, segment)
          }
        }
      }
      way.sumWeights(segment, into: gradient(counter.next), team)
      counter.add(leaves: numbers.count)
      guard let dx else { continue }
      way.writeInputs(
        segment, images: pieces[numbers.upperBound - 1].upperBound - first,
        into: dx + first * plan.shape.inputCount, team)
    }
    counter.finish()
    tree.fold(node) { to, from in
      kernels.table.combine(
        filters, 1, biases + (from.leaf - node.lowerBound) * filters, 1,
        biases + (to.leaf - node.lowerBound) * filters)
    }
    all.biases?.update(from: biases, count: filters)
  }
}
