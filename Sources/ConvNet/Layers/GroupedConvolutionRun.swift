import ConvEngine
import Raster

/// A convolution in groups: each group's channels are laid side by side, convolved, and laid back.
final class GroupedConvolutionRun: LayerRun {
  private let layer: Conv2D
  private let block: ConvolutionBlock
  private let own: AffineParameters
  private let team: ThreadTeam
  /// Channels and filters of a group, and places of a map.
  private let channels, filters, inputPlaces, outputPlaces: Int
  /// Of one group: input, output, their gradients, weights and their gradient.
  private let x, y, dx, dy, w, dw: FloatBuffer

  init(_ layer: Conv2D, _ step: StepPlan, _ site: CompilationSite) {
    self.layer = layer
    team = site.team
    let (input, output) = (step.node.input, step.node.output)
    channels = input.channels / layer.groups
    filters = layer.filters / layer.groups
    inputPlaces = input.height * input.width
    outputPlaces = output.height * output.width
    let shape = layer.window.convolution(of: input, channels: channels, filters: filters)
    block = ConvolutionBlock(
      shape, relu: false, maximumBatch: site.batch, needsInputGradient: site.needsInputGradient,
      training: site.isTraining, precision: site.precision, team: site.team,
      memory: site.memory)
    own = AffineParameters(step, hasBias: layer.hasBias, site)
    let (inputs, outputs) = (shape.inputCount * site.batch, shape.outputCount * site.batch)
    x = FloatBuffer(count: inputs)
    y = FloatBuffer(count: outputs)
    dx = FloatBuffer(count: site.isTraining && site.needsInputGradient ? inputs : 0)
    dy = FloatBuffer(count: site.isTraining ? outputs : 0)
    w = FloatBuffer(count: shape.weightCount)
    dw = FloatBuffer(count: site.isTraining ? shape.weightCount : 0)
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    for group in 0..<layer.groups {
      take(group, x, count: pass.count)
      block.forward(
        batch: pass.count, x: self.x.base, weights: w.base,
        bias: own.bias.map { $0 + group * filters }, y: self.y.base, argmax: nil)
      copy(
        pass.count * outputPlaces, filters, UnsafePointer(self.y.base), filters,
        y + group * filters, layer.filters)
    }
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    for group in 0..<layer.groups {
      take(group, x, count: pass.count)
      copy(
        pass.count * outputPlaces, filters, UnsafePointer(dy + group * filters), layer.filters,
        self.dy.base, filters)
      block.backward(
        batch: pass.count, x: self.x.base, weights: w.base, y: self.y.base, argmax: nil,
        dy: self.dy.base, dx: dx == nil ? nil : self.dx.base, weightGradient: dw.base,
        biasGradient: own.biasGradient.map { $0 + group * filters }, share: pass.share)
      // The next group takes the same memory.
      pass.share?.exchange.finish()
      copy(
        block.shape.depth, filters, UnsafePointer(dw.base), filters,
        own.weightGradient + group * filters, layer.filters)
      guard let dx else { continue }
      copy(
        pass.count * inputPlaces, channels, UnsafePointer(self.dx.base), channels,
        dx + group * channels, channels * layer.groups)
    }
  }

  /// Lays the channels and the weights of a group side by side.
  private func take(_ group: Int, _ x: UnsafePointer<Float>, count: Int) {
    copy(
      count * inputPlaces, channels, x + group * channels, channels * layer.groups, self.x.base,
      channels)
    copy(
      block.shape.depth, filters, own.weights + group * filters, layer.filters, w.base,
      filters)
  }

  /// Copies rows of `length` values.
  private func copy(
    _ rows: Int, _ length: Int, _ from: UnsafePointer<Float>, _ fromPitch: Int,
    _ to: UnsafeMutablePointer<Float>, _ toPitch: Int
  ) {
    nonisolated(unsafe) let (from, to) = (from, to)
    // Safety: rows don't overlap; both sides hold all of them.
    team.split(0..<rows, grain: max(1, 16384 / length)) { part in
      for row in part {
        (to + row * toPitch).update(from: from + row * fromPitch, count: length)
      }
    }
  }
}
