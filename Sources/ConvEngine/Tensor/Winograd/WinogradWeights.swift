internal import CConvKernels
import Raster

/// Weights of a 3 by 3 convolution as Winograd's products want them: a matrix of [channels][filters] a
/// plane, in panels.
///
/// They lie in memory that other layers use, too, and `prepare` comes first in every pass; or, once and for
/// all passes, in memory of their own (`keep`).
final class WinogradWeights: @unchecked Sendable {
  // Safety: `packed` is set by the caller of a pass, before tasks read it.
  private let tiling: WinogradTiling
  private let channels: Int
  private let filters: Int
  private let kernels: TensorKernels
  /// Panels of filters, and of channels for the way back.
  private var packed: UnsafeMutablePointer<Float>?
  private var kept: TensorMemory<Float>?
  /// Whether the panels are those of the transposes.
  private let isTurned: Bool

  init(
    _ tiling: WinogradTiling, _ shape: ConvolutionShape, _ kernels: TensorKernels, turned: Bool
  ) {
    self.tiling = tiling
    self.kernels = kernels
    channels = shape.inputChannels
    filters = shape.outputChannels
    isTurned = turned
  }

  /// Elements of a plane of panels.
  private var panelCount: Int {
    isTurned
      ? filters * kernels.panels(channels) * kernels.panel
      : channels * kernels.panels(filters) * kernels.panel
  }

  /// Transforms and packs: `[3][3][channels][filters]`.
  func prepare(_ weights: UnsafePointer<Float>, _ memory: PassMemory, _ team: ThreadTeam) {
    prepare(
      weights, memory.floats(.planes, tiling.planes * channels * filters),
      memory.floats(.packed, tiling.planes * panelCount), team)
  }

  /// As `prepare`, for all passes to come.
  func keep(_ weights: UnsafePointer<Float>, _ team: ThreadTeam) {
    let memory = kept ?? TensorMemory(count: tiling.planes * panelCount)
    kept = memory
    let planes = TensorMemory<Float>(count: tiling.planes * channels * filters)
    prepare(weights, planes.pointer, memory.pointer, team)
  }

  /// - Parameters:
  ///   - planes: room for `[(side + 2)²][channels][filters]`.
  ///   - packed: the same in panels.
  private func prepare(
    _ weights: UnsafePointer<Float>, _ planes: UnsafeMutablePointer<Float>,
    _ packed: UnsafeMutablePointer<Float>, _ team: ThreadTeam
  ) {
    let count = channels * filters
    nonisolated(unsafe) let (planes, packed) = (planes, packed)
    self.packed = packed
    kernels.table.tiles_weights(Int32(tiling.side), count, weights, planes)
    team.run(tiling.planes) { plane in
      // Safety: each task packs one plane.
      let from = UnsafePointer(planes + plane * count)
      let to = packed + plane * self.panelCount
      if self.isTurned {
        self.kernels.packTransposed(
          rows: self.filters, columns: self.channels, from, pitch: self.filters, into: to)
      } else {
        self.kernels.pack(
          rows: self.channels, columns: self.filters, from, pitch: self.filters, into: to)
      }
    }
  }

  /// Every plane of `left` times its weights: `rows` rows of `leftRow` elements each.
  func multiply(
    rows: Int, _ left: UnsafePointer<Float>, leftRow: Int, leftPlane: Int,
    into result: UnsafeMutablePointer<Float>, resultRow: Int, resultPlane: Int
  ) {
    for plane in 0..<tiling.planes {
      multiply(
        plane: plane, rows: rows, left, leftRow: leftRow, leftPlane: leftPlane, into: result,
        resultRow: resultRow, resultPlane: resultPlane)
    }
  }

  /// One plane of `left` times its weights.
  func multiply(
    plane: Int, rows: Int, _ left: UnsafePointer<Float>, leftRow: Int, leftPlane: Int,
    into result: UnsafeMutablePointer<Float>, resultRow: Int, resultPlane: Int
  ) {
    guard let packed else { preconditionFailure("prepared first") }
    var product = net_product()
    product.rows = rows
    product.columns = isTurned ? channels : filters
    product.a = left + plane * leftPlane
    product.a_row = leftRow
    product.a_step = 1
    product.run_length = isTurned ? filters : channels
    product.b = UnsafePointer(packed + plane * panelCount)
    product.b_step = kernels.panel
    product.b_panel = product.run_length * kernels.panel
    product.c = result + plane * resultPlane
    product.c_row = resultRow
    kernels.multiply(&product)
  }
}
