internal import CConvKernels
import Raster

/// The way forward of a `ConvolutionBlock` through blocks of bfloat16.
final class AMXForward: Sendable {
  private let plan: ConvolutionPlan
  private let kernels: TensorKernels
  private let correlation: AMXCorrelation
  private let frame: AMXFrame
  private let weights: AMXWeights
  private let spaces: Workspaces<Workspace>

  /// What the images of a group need.
  private final class Workspace: Sendable {
    let frames: TensorMemory<UInt16>
    let scratch: TensorMemory<Float>

    init(_ plan: ConvolutionPlan, _ frame: AMXFrame, _ correlation: AMXCorrelation) {
      frames = TensorMemory(
        count: correlation.imagesAtOnce * frame.count(stride: plan.shape.strideX))
      scratch = TensorMemory(count: correlation.scratchCount)
    }
  }

  /// nil where products of pairs take the layer: few channels fill no step, and unequal strides no row.
  init?(_ plan: ConvolutionPlan, _ kernels: TensorKernels) {
    guard plan.takesBlocks(kernels) else { return nil }
    let shape = plan.shape
    self.plan = plan
    self.kernels = kernels
    let correlation = AMXCorrelation(
      height: plan.usedHeight, width: plan.usedWidth, frameWidth: plan.frameWidth,
      stride: shape.strideX, channels: shape.inputChannels, filters: shape.outputChannels,
      taps: plan.taps.enumerated().map { ($1, $0) }, places: plan.taps.count,
      isWhole: plan.pool != nil)
    self.correlation = correlation
    let frame = AMXFrame(input: plan)
    self.frame = frame
    weights = AMXWeights(shape, kernels, turned: false)
    spaces = Workspaces { Workspace(plan, frame, correlation) }
  }

  func prepare(_ weights: UnsafePointer<Float>, _ team: ThreadTeam) {
    self.weights.pack(weights, team)
  }

  /// The images of a group, which is the same in any batch.
  var imagesAtOnce: Int { correlation.imagesAtOnce }

  /// The convolutions of the images of a group.
  ///
  /// - Parameters:
  ///   - y: written where there is no pooling.
  ///   - pool: called for each image where there is one, with rows so many floats apart, values so many.
  func run(
    _ images: Int, _ x: UnsafePointer<Float>, bias: UnsafePointer<Float>?, relu: Bool,
    y: UnsafeMutablePointer<Float>,
    pool: (_ image: Int, _ rows: UnsafePointer<Float>, _ row: Int, _ column: Int) -> Void
  ) {
    let distance = frame.count(stride: plan.shape.strideX)
    spaces.borrow { space in
      for image in 0..<images {
        frame.lay(
          x + image * plan.shape.inputCount, kernels,
          into: space.frames.pointer + image * distance)
      }
      let frames = UnsafePointer(space.frames.pointer)
      if plan.pool != nil {
        let column = AMXCorrelation.columns(plan.shape.outputChannels)
        correlation.runWhole(
          frames, distance: distance, images: images, weights.pointer, kernels,
          scratch: space.scratch.pointer
        ) { pool($0, $1, correlation.rowCount, column) }
      } else {
        correlation.run(
          frames, distance: distance, images: images, weights.pointer, kernels,
          scratch: space.scratch.pointer
        ) { image, row, columns, values in
          take(
            values, columns.count, bias: bias, relu: relu,
            into: y + image * plan.outputCount
              + (row * plan.outputWidth + columns.lowerBound) * plan.shape.outputChannels)
        }
      }
    }
  }

  /// Outputs that lie side by side, with bias and ReLU.
  private func take(
    _ values: UnsafePointer<Float>, _ count: Int, bias: UnsafePointer<Float>?, relu: Bool,
    into y: UnsafeMutablePointer<Float>
  ) {
    let filters = plan.shape.outputChannels
    let row = AMXCorrelation.columns(filters)
    if row == filters {
      y.update(from: values, count: count * filters)
    } else {
      for index in 0..<count {
        (y + index * filters).update(from: values + index * row, count: filters)
      }
    }
    if let bias {
      for index in 0..<count { kernels.table.combine(filters, 1, bias, 1, y + index * filters) }
    }
    if relu { kernels.table.mask(count * filters, y, y, y) }
  }
}

extension ConvolutionPlan {
  /// Whether products of blocks take the layer.
  func takesBlocks(_ kernels: TensorKernels) -> Bool {
    kernels.takesBlocks && min(shape.inputChannels, shape.outputChannels) >= AMXCorrelation.side
      && shape.strideX == shape.strideY
  }
}
