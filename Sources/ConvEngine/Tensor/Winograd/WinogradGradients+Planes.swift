internal import CConvKernels
import Raster

/// Layers with large weights on small maps: a group of images has too few tiles to be worth reading
/// and writing a matrix for every plane. So all images of a segment are transformed first, then each
/// block of weights takes its products over all of them while its planes stay in the cache.
///
/// The sums are those of the way by groups, along the same tree.
extension WinogradGradients {
  /// Channels and filters of a block of the weights' gradient: its planes fill half a cache.
  private static let (blockRows, blockColumns) = (24, 64)

  /// What a task needs for a block: planes, and gradients of pieces that wait for their neighbours.
  static func blockCount(_ tiling: WinogradTiling) -> Int {
    let waiting = Int.bitWidth - mostPieces.leadingZeroBitCount + 1
    return (tiling.planes + 9 * waiting) * blockRows * blockColumns
  }

  var imagesAtOnce: Int { tiling.segment(plan) }

  /// Transformed images of a segment.
  struct Segment: @unchecked Sendable {
    // Safety: tasks keep to their own images, or to their own planes.
    let images: Range<Int>
    let pieces: [Range<Int>]
    let inputs, products: UnsafeMutablePointer<Float>
    let inputPlane, outputPlane: Int
  }

  /// The images of some pieces, with room for their tiles.
  func segment(_ pieces: [Range<Int>], _ memory: PassMemory) -> Segment {
    let images = pieces[0].lowerBound..<pieces[pieces.count - 1].upperBound
    let planes = tiling.planes
    let inputPlane = tiling.plane(images.count, tiling.pixel)
    let outputPlane = tiling.plane(images.count, plan.shape.outputChannels)
    return Segment(
      images: images, pieces: pieces, inputs: memory.floats(.inputs, planes * inputPlane),
      products: memory.floats(.products, planes * outputPlane), inputPlane: inputPlane,
      outputPlane: outputPlane)
  }

  func lay(
    _ x: UnsafePointer<Float>, gradient dy: UnsafePointer<Float>, at index: Int, _ segment: Segment
  ) {
    frames.borrow { frame in
      transform(
        x, gradient: dy, at: index, segment.inputs, plane: segment.inputPlane, segment.products,
        plane: segment.outputPlane, frame.input.pointer)
    }
  }

  func writeInputs(
    _ segment: Segment, images: Int, into dx: UnsafeMutablePointer<Float>, _ team: ThreadTeam
  ) {
    turnBack(segment, team)
    nonisolated(unsafe) let dx = dx
    // Safety: each task writes its own image.
    team.run(images) { index in
      self.frames.borrow { frame in
        self.scatter(
          segment.inputs, plane: segment.inputPlane, at: index, frame.gradient.pointer,
          into: dx + index * self.plan.shape.inputCount)
      }
    }
  }

  func sumWeights(
    _ segment: Segment, into gradient: UnsafeMutablePointer<Float>, _ team: ThreadTeam
  ) {
    let (channels, filters) = (plan.shape.inputChannels, plan.shape.outputChannels)
    let down = (channels + Self.blockRows - 1) / Self.blockRows
    let across = (filters + Self.blockColumns - 1) / Self.blockColumns
    nonisolated(unsafe) let gradient = gradient
    // Safety: each task has a block of the gradient of its own.
    team.run(down * across) { index in
      let (row, column) = (index / across * Self.blockRows, index % across * Self.blockColumns)
      let (rows, columns) = (
        min(Self.blockRows, channels - row), min(Self.blockColumns, filters - column)
      )
      blocks.borrow { memory in
        let count = rows * columns
        let sums = memory.pointer + self.tiling.planes * count
        var counter = TreeCounter { to, from in
          self.kernels.table.combine(
            9 * count, 1, sums + from * 9 * count, 1, sums + to * 9 * count)
        }
        for piece in segment.pieces {
          self.multiply(
            segment, piece, row: row, column: column, rows: rows, columns: columns,
            into: memory.pointer)
          let own = sums + counter.next * 9 * count
          own.update(repeating: 0, count: 9 * count)
          self.kernels.table.tiles_weight_gradient(
            Int32(self.tiling.side), count, memory.pointer, own)
          counter.add(leaves: 1)
        }
        counter.finish()
        for tap in 0..<9 {
          for r in 0..<rows {
            (gradient + (tap * channels + row + r) * filters + column)
              .update(from: sums + (tap * rows + r) * columns, count: columns)
          }
        }
      }
    }
  }

  /// A block of the gradient of the transformed weights, of the images of a piece: `[planes][rows][columns]`.
  private func multiply(
    _ segment: Segment, _ piece: Range<Int>, row: Int, column: Int, rows: Int, columns: Int,
    into block: UnsafeMutablePointer<Float>
  ) {
    let filters = plan.shape.outputChannels
    let first = (piece.lowerBound - segment.images.lowerBound) * tiling.tiles
    for plane in 0..<tiling.planes {
      var product = net_product()
      product.rows = rows
      product.columns = columns
      product.a = UnsafePointer(
        segment.inputs + plane * segment.inputPlane + first * tiling.pixel + row)
      product.a_row = 1
      product.a_step = tiling.pixel
      product.run_length = piece.count * tiling.tiles
      product.b = UnsafePointer(
        segment.products + plane * segment.outputPlane + first * filters + column)
      product.b_step = filters
      product.b_panel = kernels.panel
      product.c = block + plane * rows * columns
      product.c_row = columns
      kernels.multiply(&product)
    }
  }

  /// The gradient of the transformed inputs, in their place.
  private func turnBack(_ segment: Segment, _ team: ThreadTeam) {
    guard let weights else { return }
    // Safety: each task writes a plane.
    team.run(tiling.planes) { plane in
      weights.multiply(
        plane: plane, rows: segment.images.count * self.tiling.tiles, segment.products,
        leftRow: self.plan.shape.outputChannels, leftPlane: segment.outputPlane,
        into: segment.inputs, resultRow: self.tiling.pixel, resultPlane: segment.inputPlane)
    }
  }
}
