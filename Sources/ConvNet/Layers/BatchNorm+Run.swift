import ConvEngine
import Raster

/// Batch normalisation over rows of `channels` values, with the activation behind it: a row is a place
/// of a map of an example.
///
/// Sums are taken over parts of `partRows` rows and joined in the order of the parts, so that the
/// number of threads doesn't change them.
final class BatchNormRun: LayerRun {
  private let layer: BatchNorm
  private let kernel: NormalizationKernel
  private let channels: Int
  private let count: Int
  private let team: ThreadTeam
  /// nil where the scale is fixed at 1.
  private let scale, scaleGradient: UnsafeMutablePointer<Float>?
  private let shift, shiftGradient: UnsafeMutablePointer<Float>
  private let runningMean, runningVariance: UnsafeMutablePointer<Float>
  private let partRows: Int
  /// Two sums of each part: [part, 2, channels].
  private let parts: FloatBuffer
  /// Of the batch: mean, then 1/√(variance + ε).
  private let batch: FloatBuffer
  /// Of the way forward: factor, then summand.
  private let forth: FloatBuffer
  /// Of the way back: factor, slope, summand.
  private let back: FloatBuffer

  init(
    _ layer: BatchNorm, channels: Int, step: StepPlan, site: CompilationSite
  ) {
    self.layer = layer
    self.channels = channels
    count = step.inputs
    team = site.team
    kernel = NormalizationKernel(channels: channels, activation: step.activation)
    func slot(_ suffix: String) -> ParameterSlot? {
      step.node.slots.first { $0.shape.suffix == suffix }
    }
    scale = slot("weight").map { site.value($0) }
    scaleGradient = slot("weight").map { site.gradient($0) }
    shift = site.value(slot("bias")!)
    shiftGradient = site.gradient(slot("bias")!)
    runningMean = site.value(slot("running_mean")!)
    runningVariance = site.value(slot("running_var")!)
    // About 64 kB a part: it is still in the cache when it is read a second time.
    partRows = max(1, 16384 / channels)
    let rows = site.batch * (count / channels)
    let most = site.isTraining ? (rows + partRows - 1) / partRows : 0
    parts = FloatBuffer(count: most * 2 * channels)
    batch = FloatBuffer(count: 2 * channels)
    forth = FloatBuffer(count: 2 * channels)
    back = FloatBuffer(count: 3 * channels)
  }

  func forward(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    let rows = pass.count * (count / channels)
    if pass.isTraining {
      measure(x, rows)
    } else {
      for c in 0..<channels {
        batch.base[c] = runningMean[c]
        batch.base[channels + c] = 1 / (runningVariance[c] + layer.epsilon).squareRoot()
      }
    }
    for c in 0..<channels {
      let factor = (scale?[c] ?? 1) * batch.base[channels + c]
      forth.base[c] = factor
      forth.base[channels + c] = shift[c] - batch.base[c] * factor
    }
    // Safety: parts are disjoint rows within the batch.
    nonisolated(unsafe) let (x, y, forth) = (x, y, forth.base)
    let (kernel, channels) = (kernel, channels)
    team.split(0..<rows, grain: partRows) { part in
      let at = part.lowerBound * channels
      kernel.forward(
        rows: part.count, x + at, factor: forth, shift: forth + channels, into: y + at)
    }
  }

  /// Mean and inverse deviation of the batch; brings the running statistics up to date.
  private func measure(_ x: UnsafePointer<Float>, _ rows: Int) {
    // Safety: part p owns its 2·channels sums.
    nonisolated(unsafe) let (x, sums) = (x, parts.base)
    let (kernel, channels, partRows) = (kernel, channels, partRows)
    eachPart(rows) { part in
      let mean = sums + part.lowerBound / partRows * 2 * channels
      kernel.measure(
        rows: part.count, x + part.lowerBound * channels, mean: mean, squares: mean + channels)
    }
    // Chan, Golub, LeVeque: means and squared differences of two parts joined.
    for c in 0..<channels {
      var mean = 0.0
      var square = 0.0
      for start in stride(from: 0, to: rows, by: partRows) {
        let part = sums + start / partRows * 2 * channels
        let more = Double(min(partRows, rows - start))
        let difference = Double(part[c]) - mean
        mean += difference * more / (Double(start) + more)
        square += Double(part[channels + c])
        square += difference * difference * Double(start) * more / (Double(start) + more)
      }
      let variance = square / Double(rows)
      batch.base[c] = Float(mean)
      batch.base[channels + c] = Float(1 / (variance + Double(layer.epsilon)).squareRoot())
      let unbiased = Float(square / Double(max(rows - 1, 1)))
      let momentum = layer.momentum
      runningMean[c] = (1 - momentum) * runningMean[c] + momentum * Float(mean)
      runningVariance[c] = (1 - momentum) * runningVariance[c] + momentum * unbiased
    }
  }

  /// Parts of exactly `partRows` rows, but for the last.
  private func eachPart(_ rows: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let partRows = partRows
    team.run((rows + partRows - 1) / partRows) { index in
      body(index * partRows..<min(rows, (index + 1) * partRows))
    }
  }

  func backward(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    let rows = pass.count * (count / channels)
    // Safety: as forward.
    nonisolated(unsafe) let (x, dy, sums, batch, forth, back) = (
      x, dy, parts.base, batch.base, forth.base, back.base
    )
    let (kernel, channels, partRows) = (kernel, channels, partRows)
    eachPart(rows) { part in
      let at = part.lowerBound * channels
      let plain = sums + part.lowerBound / partRows * 2 * channels
      kernel.gradientSums(
        rows: part.count, x + at, factor: forth, shift: forth + channels, mean: batch, dy: dy + at,
        plain: plain, product: plain + channels)
    }
    for c in 0..<channels {
      // Running statistics are constants: then dx = weight / √(variance + ε) · dy.
      (back[c], back[channels + c], back[2 * channels + c]) = (forth[c], 0, 0)
      if pass.isTraining { gradients(of: c, rows) }
    }
    guard let dx else { return }
    nonisolated(unsafe) let to = dx
    team.split(0..<rows, grain: partRows) { part in
      let at = part.lowerBound * channels
      kernel.inputGradient(
        rows: part.count, x + at, dy: dy + at, factor: back, mean: batch, slope: back + channels,
        shift: back + 2 * channels, into: to + at)
    }
  }

  /// Gradients of scale and shift of a channel, and what its input's gradient is made of:
  ///
  ///     dx = f · (dy − Σdy/n − x̂ · Σ(dy·x̂)/n),   f = weight / √(variance + ε)
  private func gradients(of c: Int, _ rows: Int) {
    var plain = 0.0
    var product = 0.0
    for start in stride(from: 0, to: rows, by: partRows) {
      let part = parts.base + start / partRows * 2 * channels
      plain += Double(part[c])
      product += Double(part[channels + c])
    }
    let inverse = Double(batch.base[channels + c])
    shiftGradient[c] = Float(plain)
    scaleGradient?[c] = Float(product * inverse)
    let factor = Double(scale?[c] ?? 1) * inverse
    back.base[c] = Float(factor)
    back.base[channels + c] = Float(-factor * inverse * inverse * product / Double(rows))
    back.base[2 * channels + c] = Float(-factor * plain / Double(rows))
  }
}
