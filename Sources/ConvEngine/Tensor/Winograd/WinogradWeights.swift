internal import CConvKernels
import Raster

/// Weights of a 3 by 3 convolution as Winograd's products want them: a matrix of [channels][filters] a
/// plane, in panels.
final class WinogradWeights: Sendable {
  private let tiling: WinogradTiling
  private let channels: Int
  private let filters: Int
  private let kernels: TensorKernels
  /// `[(side + 2)²][channels][filters]`.
  private let planes: TensorMemory<Float>
  /// Panels of filters, and of channels for the way back.
  private let packed: TensorMemory<Float>
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
    planes = TensorMemory(count: tiling.planes * channels * filters)
    let (rows, columns) = turned ? (filters, channels) : (channels, filters)
    packed = TensorMemory(count: tiling.planes * rows * kernels.panels(columns) * kernels.panel)
  }

  /// Elements of a plane of panels.
  private var panelCount: Int {
    isTurned
      ? filters * kernels.panels(channels) * kernels.panel
      : channels * kernels.panels(filters) * kernels.panel
  }

  /// Transforms and packs: `[3][3][channels][filters]`.
  func prepare(_ weights: UnsafePointer<Float>, _ team: ThreadTeam) {
    let count = channels * filters
    kernels.table.tiles_weights(Int32(tiling.side), count, weights, planes.pointer)
    team.run(tiling.planes) { plane in
      // Safety: each task packs one plane.
      let from = UnsafePointer(self.planes.pointer + plane * count)
      let to = self.packed.pointer + plane * self.panelCount
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
      var product = net_product()
      product.rows = rows
      product.columns = isTurned ? channels : filters
      product.a = left + plane * leftPlane
      product.a_row = leftRow
      product.a_step = 1
      product.run_length = isTurned ? filters : channels
      product.b = UnsafePointer(packed.pointer + plane * panelCount)
      product.b_step = kernels.panel
      product.b_panel = product.run_length * kernels.panel
      product.c = result + plane * resultPlane
      product.c_row = resultRow
      kernels.multiply(&product)
    }
  }
}
