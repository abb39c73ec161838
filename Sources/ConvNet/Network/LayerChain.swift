package import ConvEngine

/// Layers one behind the other, with the memory between them.
package final class LayerChain {
  package let steps: [StepPlan]
  private let runs: [any LayerRun]
  /// The same where neighbours may do their work.
  private let imagewise: [(any ImagewiseRun)?]
  private let isTraining, fuses: Bool
  private var outputs: [FloatBuffer]
  /// Gradients of two neighbouring steps; they swap roles from step to step, but for those whose neighbours may
  /// do their work: these lay the gradient of their input over that of their output.
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
    let imagewise = runs.map { $0 as? any ImagewiseRun }
    self.imagewise = imagewise
    isTraining = site.isTraining
    fuses = site.fuses
    var widest = 0
    for index in steps.indices where !(index + 1 < steps.count && steps[index + 1].masksInput) {
      widest = max(widest, steps[index].outputs)
    }
    if !site.isTraining { widest = steps.map(\.outputs).max() ?? 0 }
    if site.isTraining {
      outputs = steps.map { FloatBuffer(count: $0.outputs * site.batch) }
      gradients = (0..<2).map { _ in FloatBuffer(count: widest * site.batch) }
    } else {
      // Nothing is kept: neighbours swap two buffers, or write where they read.
      let pair = (0..<2).map { _ in FloatBuffer(count: widest * site.batch) }
      var current = 0
      outputs = steps.indices.map { index in
        if index > 0, imagewise[index] == nil { current = 1 - current }
        return pair[current]
      }
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
    /// What is still to be done for the step before, and has been done for this one.
    var waiting: ImageVisits.Visit?
    var isMeasured = false
    for (index, run) in runs.enumerated() {
      if let division = pass.division { steps[index].node.slots.forEach(division.wait) }
      let output = outputs[index].base
      let next = index + 1 < runs.count ? index + 1 : nil
      if let own = imagewise[index] {
        if !isMeasured { own.all(pass, own.measuring(input, pass)) }
        isMeasured = false
        own.settle(pass)
        if fuses, visit == nil, let next, runs[next].takesVisits {
          waiting = own.visit(own.applying(input, output))
        } else {
          own.all(pass, own.applying(input, output))
        }
      } else {
        var visits = ImageVisits(before: waiting)
        waiting = nil
        if fuses, let next, run.takesVisits, let following = imagewise[next] {
          visits.after = following.visit(following.measuring(UnsafePointer(output), pass))
          isMeasured = visits.after != nil
        }
        run.forward(input, output, pass, visits: visits)
      }
      input = UnsafePointer(output)
      visit?(steps[index].end, input)
    }
    return input
  }

  /// Where the gradient of the output is laid before `backward`.
  package var outputGradient: UnsafeMutablePointer<Float> {
    gradients[0].base
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
    /// As on the way forward.
    var waiting: ImageVisits.Visit?
    var isSummed = false
    for index in steps.indices[first...].reversed() {
      let input = input(of: index, x)
      let (output, gradient) = (UnsafePointer(outputs[index].base), gradient(after: index))
      visit?(steps[index].end, UnsafePointer(gradient))
      pass.share?.exchange.advance()
      let dx = index == first ? (index == 0 ? dx : nil) : self.gradient(after: index - 1)
      let before = index > first ? index - 1 : nil
      if let own = imagewise[index] {
        if !isSummed { own.all(pass, own.summing(input, gradient, pass)) }
        isSummed = false
        own.settleGradients(pass)
        guard let dx else { continue }
        let passing = own.passing(input, output, gradient, dx)
        if fuses, visit == nil, let before, runs[before].takesVisits {
          waiting = own.visit(passing)
        } else {
          own.all(pass, passing)
        }
      } else {
        var visits = ImageVisits(before: waiting)
        waiting = nil
        if fuses, visit == nil, let dx, let before, runs[index].takesVisits,
          let following = imagewise[before]
        {
          visits.after = following.visit(following.summing(self.input(of: before, x), dx, pass))
          isSummed = visits.after != nil
        }
        runs[index].backward(input, output, gradient, dx, pass, visits: visits)
      }
    }
  }

  private func input(of index: Int, _ x: UnsafePointer<Float>) -> UnsafePointer<Float> {
    index == 0 ? x : UnsafePointer(outputs[index - 1].base)
  }

  /// Where the gradient of the output of step `index` lies.
  private func gradient(after index: Int) -> UnsafeMutablePointer<Float> {
    guard index + 1 < steps.count else { return outputGradient }
    if imagewise[index + 1] != nil { return gradient(after: index + 1) }
    if steps[index + 1].masksInput { return (apart[index] ?? outputs[index]).base }
    let swaps = imagewise[(index + 1)...].count { $0 == nil }
    return gradients[swaps % 2].base
  }
}
