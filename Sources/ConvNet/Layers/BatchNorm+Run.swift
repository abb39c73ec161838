import ConvEngine
import Raster

/// Batch normalisation over rows of `channels` values, with the activation behind it: a row is a place
/// of a map of an example.
///
/// Sums are taken over parts of `partRows` rows and joined in the order of the parts, so that the
/// number of threads, and of ranks, doesn't change them.
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
  /// Two sums of all parts.
  private var state: [Double]
  /// Where ranks share a batch: a part that others hold some rows of.
  private var headBuffers: [FloatBuffer] = []
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
    // One more where ranks share a batch: it may straddle two of them.
    let most = site.isTraining ? (rows + partRows - 1) / partRows + 1 : 0
    parts = FloatBuffer(count: most * 2 * channels)
    state = [Double](repeating: 0, count: 2 * channels)
    batch = FloatBuffer(count: 2 * channels)
    forth = FloatBuffer(count: 2 * channels)
    back = FloatBuffer(count: 3 * channels)
  }

  func forward(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    let rows = pass.count * (count / channels)
    if pass.isTraining {
      measure(x, SharedRows(pass, places: count / channels, partRows: partRows), pass)
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
  private func measure(_ x: UnsafePointer<Float>, _ frame: SharedRows, _ pass: Pass) {
    let heads = heads(of: frame, [x], pass)
    // Safety: part p owns its 2·channels sums.
    nonisolated(unsafe) let (x, sums, head) = (x, parts.base, heads?[0].base)
    let (kernel, channels) = (kernel, channels)
    team.run(frame.owned.count) { index in
      let part = frame.part(index)
      let from = part.isStraddling ? UnsafePointer(head!) : x + part.offset * channels
      let mean = sums + index * 2 * channels
      kernel.measure(rows: part.count, from, mean: mean, squares: mean + channels)
    }
    // Chan, Golub, LeVeque: means and squared differences of two parts joined.
    carry(pass) { state in
      for c in 0..<channels {
        var (mean, square) = (state[c], state[channels + c])
        for index in 0..<frame.owned.count {
          let part = sums + index * 2 * channels
          let (start, more) = (Double(frame.part(index).start), Double(frame.part(index).count))
          let difference = Double(part[c]) - mean
          mean += difference * more / (start + more)
          square += Double(part[channels + c])
          square += difference * difference * start * more / (start + more)
        }
        (state[c], state[channels + c]) = (mean, square)
      }
    }
    let rows = frame.total
    for c in 0..<channels {
      let (mean, square) = (state[c], state[channels + c])
      let variance = square / Double(rows)
      batch.base[c] = Float(mean)
      batch.base[channels + c] = Float(1 / (variance + Double(layer.epsilon)).squareRoot())
      let unbiased = Float(square / Double(max(rows - 1, 1)))
      let momentum = layer.momentum
      runningMean[c] = (1 - momentum) * runningMean[c] + momentum * Float(mean)
      runningVariance[c] = (1 - momentum) * runningVariance[c] + momentum * unbiased
    }
  }

  /// Adds up over the parts of all ranks, in their order: `state` is 0 before the first.
  private func carry(_ pass: Pass, add: (UnsafeMutablePointer<Double>) -> Void) {
    state.withUnsafeMutableBufferPointer { state in
      let start = state.baseAddress!
      func first() { start.update(repeating: 0, count: 2 * channels) }
      if let share = pass.share {
        share.carry(state) { isFirst in
          if isFirst { first() }
          add(start)
        }
      } else {
        first()
        add(start)
      }
    }
  }

  /// The rows of a part that straddles ranks, of each of `values`; nil where there is none.
  private func heads(
    of frame: SharedRows, _ values: [UnsafePointer<Float>], _ pass: Pass
  ) -> [FloatBuffer]? {
    guard let share = pass.share else { return nil }
    if headBuffers.isEmpty {
      headBuffers = (0..<2).map { _ in FloatBuffer(count: partRows * channels) }
    }
    frame.carry(values, rowLength: channels, into: headBuffers.map(\.base), share.link)
    return headBuffers
  }

  func backward(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    let places = count / channels
    let rows = pass.count * places
    let frame = SharedRows(pass, places: places, partRows: partRows)
    let heads = heads(of: frame, [x, UnsafePointer(dy)], pass)
    // Safety: as forward.
    nonisolated(unsafe) let (x, dy, sums, batch, forth, back) = (
      x, dy, parts.base, batch.base, forth.base, back.base
    )
    nonisolated(unsafe) let (headX, headGradient) = (heads?[0].base, heads?[1].base)
    let (kernel, channels) = (kernel, channels)
    team.run(frame.owned.count) { index in
      let part = frame.part(index)
      let at = part.offset * channels
      let plain = sums + index * 2 * channels
      kernel.gradientSums(
        rows: part.count, part.isStraddling ? UnsafePointer(headX!) : x + at, factor: forth,
        shift: forth + channels, mean: batch, dy: part.isStraddling ? headGradient! : dy + at,
        plain: plain, product: plain + channels)
    }
    if let headGradient {
      // What is now behind the activation: own rows of the part before, and those that others sum.
      let own = frame.ownInHead
      dy.update(from: headGradient + frame.carriedIn * channels, count: own * channels)
      let rest = frame.ownInTail
      if rest > 0 {
        let at = (rows - rest) * channels
        let room = FloatBuffer(count: 2 * channels)
        kernel.gradientSums(
          rows: rest, x + at, factor: forth, shift: forth + channels, mean: batch, dy: dy + at,
          plain: room.base, product: room.base + channels)
      }
    }
    carry(pass) { state in
      for c in 0..<channels {
        for index in 0..<frame.owned.count {
          let part = sums + index * 2 * channels
          state[c] += Double(part[c])
          state[channels + c] += Double(part[channels + c])
        }
      }
    }
    for c in 0..<channels {
      // Running statistics are constants: then dx = weight / √(variance + ε) · dy.
      (back[c], back[channels + c], back[2 * channels + c]) = (forth[c], 0, 0)
      if pass.isTraining { gradients(of: c, frame.total) }
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
    let (plain, product) = (state[c], state[channels + c])
    let inverse = Double(batch.base[channels + c])
    shiftGradient[c] = Float(plain)
    scaleGradient?[c] = Float(product * inverse)
    let factor = Double(scale?[c] ?? 1) * inverse
    back.base[c] = Float(factor)
    back.base[channels + c] = Float(-factor * inverse * inverse * product / Double(rows))
    back.base[2 * channels + c] = Float(-factor * plain / Double(rows))
  }
}
