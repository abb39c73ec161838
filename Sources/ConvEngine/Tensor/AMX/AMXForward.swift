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
    /// Rows of the convolutions before the pooling.
    let rows: TensorMemory<Float>

    init(_ plan: ConvolutionPlan, _ frame: AMXFrame, _ correlation: AMXCorrelation) {
      let images = correlation.imagesAtOnce
      frames = TensorMemory(count: images * frame.count(stride: plan.shape.strideX))
      scratch = TensorMemory(count: correlation.scratchCount)
      rows = TensorMemory(count: plan.pool == nil ? 0 : images * plan.convolvedCount)
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
      taps: plan.taps.enumerated().map { ($1, $0) }, places: plan.taps.count)
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

  /// The convolutions of the images of a group: into `y`, or where there is a pooling for the time of `pool`.
  func run(
    _ images: Int, _ x: UnsafePointer<Float>, bias: UnsafePointer<Float>?, relu: Bool,
    y: UnsafeMutablePointer<Float>, pool: (_ image: Int, _ rows: UnsafePointer<Float>) -> Void
  ) {
    let (filters, row) = (
      plan.shape.outputChannels, AMXCorrelation.columns(plan.shape.outputChannels)
    )
    let distance = frame.count(stride: plan.shape.strideX)
    spaces.borrow { space in
      for image in 0..<images {
        frame.lay(
          x + image * plan.shape.inputCount, kernels,
          into: space.frames.pointer + image * distance)
      }
      let out = plan.pool == nil ? y : space.rows.pointer
      correlation.run(
        UnsafePointer(space.frames.pointer), distance: distance, images: images, weights.pointer,
        kernels, scratch: space.scratch.pointer
      ) { image, y, columns, values in
        let to =
          out + image * plan.convolvedCount
          + (y * plan.usedWidth + columns.lowerBound) * filters
        if row == filters {
          to.update(from: values, count: columns.count * filters)
        } else {
          for index in 0..<columns.count {
            (to + index * filters).update(from: values + index * row, count: filters)
          }
        }
        guard plan.pool == nil else { return }
        if let bias {
          for index in 0..<columns.count {
            kernels.table.combine(filters, 1, bias, 1, to + index * filters)
          }
        }
        if relu { kernels.table.mask(columns.count * filters, to, to, to) }
      }
      guard plan.pool != nil else { return }
      for image in 0..<images {
        pool(image, UnsafePointer(space.rows.pointer + image * plan.convolvedCount))
      }
    }
  }
}

extension ConvolutionPlan {
  /// Elements of the convolution of an image, before the pooling.
  var convolvedCount: Int { usedHeight * usedWidth * shape.outputChannels }

  /// Whether products of blocks take the layer.
  func takesBlocks(_ kernels: TensorKernels) -> Bool {
    kernels.takesBlocks && min(shape.inputChannels, shape.outputChannels) >= AMXCorrelation.side
      && shape.strideX == shape.strideY
  }
}
