internal import CConvKernels
import Raster

/// Layers with large weights on small maps: a group of images has too few tiles to be worth reading
/// and writing a matrix for every plane. So all images of a segment are transformed first, then each
/// block of weights takes its products over all of them while its planes stay in the cache.
///
/// The sums are those of the way by groups, in the same order.
extension WinogradGradients {
  /// Channels and filters of a block of the weights' gradient: its planes fill half a cache.
  private static let (blockRows, blockColumns) = (24, 64)

  /// What a task needs for a block: planes, the gradient of a piece, and that of all.
  var blockCount: Int { (tiling.planes + 18) * Self.blockRows * Self.blockColumns }

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

  /// The gradient of the weights over the pieces of a segment, `[3][3][channels][filters]`.
  ///
  /// - Parameter isFirst: whether it is overwritten, else added to.
  func addWeights(
    _ segment: Segment, to gradient: UnsafeMutablePointer<Float>, isFirst: Bool,
    _ blocks: Workspaces<TensorMemory<Float>>, _ team: ThreadTeam
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
        let part = memory.pointer + self.tiling.planes * count
        let total = part + 9 * count
        func places(_ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void) {
          for tap in 0..<9 {
            for r in 0..<rows {
              body(
                total + (tap * rows + r) * columns,
                gradient + (tap * channels + row + r) * filters + column)
            }
          }
        }
        if !isFirst { places { $0.update(from: $1, count: columns) } }
        for (number, piece) in segment.pieces.enumerated() {
          self.multiply(
            segment, piece, row: row, column: column, rows: rows, columns: columns,
            into: memory.pointer)
          let isAlone = isFirst && number == 0
          let sums = isAlone ? total : part
          sums.update(repeating: 0, count: 9 * count)
          self.kernels.table.tiles_weight_gradient(
            Int32(self.tiling.side), count, memory.pointer, sums)
          if !isAlone { self.kernels.table.combine(9 * count, 1, part, 1, total) }
        }
        places { $1.update(from: $0, count: columns) }
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
  func turnBack(_ segment: Segment, _ team: ThreadTeam) {
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

extension WinogradTiling {
  /// Elements of transformed images at a time: 32 MB.
  private static let most = 1 << 23

  /// Whether a matrix a plane is too large to be gone through for every group of images.
  func isDeep(_ plan: ConvolutionPlan) -> Bool {
    planes * plan.shape.inputChannels * plan.shape.outputChannels >= 1 << 18
  }

  /// Images whose transformed tiles are held at a time.
  func segment(_ plan: ConvolutionPlan) -> Int {
    max(1, Self.most / (planes * tiles * (pixel + plan.shape.outputChannels)))
  }
}
