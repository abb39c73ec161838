package import ConvEngine

/// Layers one behind the other, with the memory between them.
package final class LayerChain {
  package let steps: [StepPlan]
  private let runs: [any LayerRun]
  private let isTraining: Bool
  private var outputs: [FloatBuffer]
  /// Gradients of two neighbouring steps; they swap roles from step to step.
  private let gradients: [FloatBuffer]
  /// Gradients of outputs whose place they would take if no other rank read it, by step.
  private var apart: [Int: FloatBuffer] = [:]

  package init(_ nodes: [LayerNode], _ site: CompilationSite) {
    var steps = StepPlan.steps(nodes, isTraining: site.isTraining, fuses: site.fuses)
    // Bands are of single precision.
    if site.fuses && !site.isTraining && site.precision == .f32 {
      steps = StepPlan.banded(steps, batch: site.batch, threads: site.team.threads)
    }
    self.steps = steps
    runs = steps.enumerated().map { index, step in
      var inner = site
      inner.needsInputGradient = site.needsInputGradient || index > 0
      return step.bands.isEmpty
        ? step.layer.run(step, in: inner) : BandedRun(step.bands, inner)
    }
    isTraining = site.isTraining
    var widest = 0
    for index in steps.indices where !(index + 1 < steps.count && steps[index + 1].masksInput) {
      widest = max(widest, steps[index].outputs)
    }
    if !site.isTraining { widest = steps.map(\.outputs).max() ?? 0 }
    if site.isTraining {
      outputs = steps.map { FloatBuffer(count: $0.outputs * site.batch) }
      gradients = (0..<2).map { _ in FloatBuffer(count: widest * site.batch) }
    } else {
      // Nothing is kept: neighbours swap two buffers.
      let pair = (0..<2).map { _ in FloatBuffer(count: widest * site.batch) }
      outputs = steps.indices.map { pair[$0 % 2] }
      gradients = []
    }
  }

  /// See `LayerRun.keepWeights`.
  package func keepWeights() {
    for run in runs { run.keepWeights() }
  }

  /// Lays what ranks want to read of each other where they can. All call it, before the first pass.
  ///
  /// - Parameter share: of the largest batch.
  package func openWindows(_ share: BatchShare) {
    for index in runs.indices.dropFirst() where runs[index].wantsWindow(share) {
      let count = outputs[index - 1].count
      guard let window = share.link.window(bytes: count * MemoryLayout<Float>.size) else { return }
      outputs[index - 1] = FloatBuffer(window, count: count)
      if steps[index].masksInput { apart[index - 1] = FloatBuffer(count: count) }
      runs[index].read(window)
    }
  }

  /// Runs all steps.
  ///
  /// - Parameter visit: called after each step with the number of nodes computed and the output.
  /// - Returns: the output of the last step (the input where there is none).
  @discardableResult
  package func forward(
    _ x: UnsafePointer<Float>, _ pass: Pass,
    visit: ((Int, UnsafePointer<Float>) -> Void)? = nil
  ) -> UnsafePointer<Float> {
    var input = x
    for (index, run) in runs.enumerated() {
      if let division = pass.division { steps[index].node.slots.forEach(division.wait) }
      run.forward(input, outputs[index].base, pass)
      input = UnsafePointer(outputs[index].base)
      visit?(steps[index].end, input)
    }
    return input
  }

  /// Where the gradient of the output is laid before `backward`.
  package var outputGradient: UnsafeMutablePointer<Float> {
    gradients[steps.count % 2].base
  }

  /// Runs all steps backwards from `outputGradient`.
  ///
  /// - Parameters:
  ///   - node: the first node that needs a gradient: steps before it are not run.
  ///   - visit: called before each step with the number of nodes whose output it is that the gradient
  ///     belongs to, and that gradient.
  package func backward(
    _ x: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>?, _ pass: Pass, from node: Int = 0,
    visit: ((Int, UnsafePointer<Float>) -> Void)? = nil
  ) {
    precondition(isTraining, "compiled for inference")
    let first = steps.firstIndex { $0.end > node } ?? steps.count
    for index in steps.indices[first...].reversed() {
      let input = index == 0 ? x : UnsafePointer(outputs[index - 1].base)
      let gradient = gradient(after: index)
      visit?(steps[index].end, UnsafePointer(gradient))
      pass.share?.exchange.advance()
      runs[index].backward(
        input, UnsafePointer(outputs[index].base), gradient,
        index == first ? (index == 0 ? dx : nil) : self.gradient(after: index - 1), pass)
    }
  }

  /// Where the gradient of the output of step `index` lies.
  private func gradient(after index: Int) -> UnsafeMutablePointer<Float> {
    let takesPlace = index + 1 < steps.count && steps[index + 1].masksInput
    return (takesPlace ? apart[index] ?? outputs[index] : gradients[(index + 1) % 2]).base
  }
}
