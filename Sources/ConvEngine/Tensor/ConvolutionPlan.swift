/// The numbers that all passes of a `ConvolutionBlock` share, worked out once.
struct ConvolutionPlan: Sendable {
  let shape: ConvolutionShape
  let pool: PoolShape?
  /// Samples of the output, after the pooling.
  let outputHeight: Int
  let outputWidth: Int
  /// The input with its zeros around it.
  let frameHeight: Int
  let frameWidth: Int
  /// Rows and columns of the convolution that any pooling window sees.
  let usedHeight: Int
  let usedWidth: Int
  /// Contiguous stretches of weights and samples: a row of the kernel, or a tap where taps are
  /// apart.
  let runs: [Int]
  let runLength: Int
  /// Which row of the kernel each run belongs to.
  let runRows: [Int]
  /// Where each tap lies in the frame, in samples.
  let taps: [Int]

  init(_ shape: ConvolutionShape, pool: PoolShape?) {
    self.shape = shape
    self.pool = pool
    if let pool {
      outputHeight = WindowAxis.windows(
        window: pool.windowHeight, in: shape.outputHeight, stride: pool.strideY)
      outputWidth = WindowAxis.windows(
        window: pool.windowWidth, in: shape.outputWidth, stride: pool.strideX)
      usedHeight = (outputHeight - 1) * pool.strideY + pool.windowHeight
      usedWidth = (outputWidth - 1) * pool.strideX + pool.windowWidth
    } else {
      outputHeight = shape.outputHeight
      outputWidth = shape.outputWidth
      usedHeight = outputHeight
      usedWidth = outputWidth
    }
    frameHeight = shape.inputHeight + shape.padTop + shape.padBottom
    frameWidth = shape.inputWidth + shape.padLeft + shape.padRight
    var runs: [Int] = []
    var rows: [Int] = []
    var taps: [Int] = []
    for j in 0..<shape.kernelHeight {
      for i in 0..<shape.kernelWidth {
        let tap = j * shape.dilationY * frameWidth + i * shape.dilationX
        taps.append(tap)
        if i == 0 || shape.dilationX > 1 {
          runs.append(tap * shape.inputChannels)
          rows.append(j)
        }
      }
    }
    runLength = shape.depth / runs.count
    self.runs = runs
    runRows = rows
    self.taps = taps
  }

  /// Whether a batch is one product: each sample by itself.
  var isProduct: Bool {
    pool == nil && taps.count == 1 && shape.strideX == 1 && shape.inputHeight == 1 && !isPadded
  }

  /// Steps of the sum over a run: its samples, or pairs of them.
  func runSteps(_ kernels: TensorKernels) -> Int {
    kernels.takesPairs ? TensorKernels.pairs(runLength) : runLength
  }

  var isPadded: Bool {
    frameHeight != shape.inputHeight || frameWidth != shape.inputWidth
  }
  var frameCount: Int { frameHeight * frameWidth * shape.inputChannels }
  var outputCount: Int { outputHeight * outputWidth * shape.outputChannels }
  /// Where the window of the convolution at row `y`, column `x` starts in the frame, in samples.
  func origin(_ y: Int, _ x: Int) -> Int {
    y * shape.strideY * frameWidth + x * shape.strideX
  }

  /// The runs of output row `y` that see more than zeros.
  func liveRuns(_ y: Int) -> Range<Int> {
    guard shape.padTop > 0 || shape.padBottom > 0 else { return 0..<runs.count }
    let top = y * shape.strideY - shape.padTop
    let isLive = { (run: Int) in
      let row = top + runRows[run] * shape.dilationY
      return row >= 0 && row < shape.inputHeight
    }
    guard let first = runs.indices.first(where: isLive) else { return 0..<0 }
    return first..<runs.indices.last(where: isLive)! + 1
  }

  /// Copies an image into the middle of a frame whose border is 0.
  func copy(_ image: UnsafePointer<Float>, into frame: UnsafeMutablePointer<Float>) {
    let count = shape.inputWidth * shape.inputChannels
    for row in 0..<shape.inputHeight {
      let at = ((row + shape.padTop) * frameWidth + shape.padLeft) * shape.inputChannels
      (frame + at).update(from: image + row * count, count: count)
    }
  }
}
