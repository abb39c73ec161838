import ConvEngine
import Random

extension CompiledNetwork {
  /// Forwards and backwards over a batch: the gradient of the mean loss, left in `gradientBuffer`.
  ///
  /// - Parameters:
  ///   - node: the first node that needs a gradient; those of the tensors before it are left as they
  ///     are.
  ///   - images: `pass.count` examples, normalised.
  ///   - labels: `pass.count` labels.
  ///   - guesses: a place an example of the whole batch, for the class with the largest output of each.
  ///   - mix: how pairs of the examples were mixed; nil for not at all.
  func gradient(
    trained node: Int = 0, _ images: UnsafePointer<Float>, _ labels: UnsafeBufferPointer<Int32>,
    _ loss: SoftmaxCrossEntropy, guesses: UnsafeMutablePointer<Int32>, _ pass: Pass,
    mix: Mixup? = nil
  ) -> SoftmaxCrossEntropy.Tally {
    let logits = chain.forward(images, pass)
    if let share = pass.share {
      let tally = evaluate(logits, labels, loss, guesses: guesses, share, mix)
      chain.backward(images, nil, pass, from: node)
      share.exchange.finish()
      return tally
    }
    let tally =
      mix?.evaluate(loss, logits, labels, gradient: chain.outputGradient, guesses: guesses)
      ?? loss.evaluate(logits, labels, gradient: chain.outputGradient, guesses: guesses)
    chain.backward(images, nil, pass, from: node)
    return tally
  }

  /// Each rank judges the examples of all, and takes the gradient of its own.
  private func evaluate(
    _ logits: UnsafePointer<Float>, _ labels: UnsafeBufferPointer<Int32>,
    _ loss: SoftmaxCrossEntropy, guesses: UnsafeMutablePointer<Int32>, _ share: BatchShare,
    _ mix: Mixup?
  ) -> SoftmaxCrossEntropy.Tally {
    let classes = loss.classes
    let all = FloatBuffer(count: 2 * share.whole * classes)
    let gradient = all.base + share.whole * classes
    share.collect(logits, size: classes, into: all.base)
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: share.whole) { allLabels in
      // Safety: both hold a value, or a row, for each example of the whole batch.
      if let own = labels.baseAddress {
        share.collect(own, size: 1, into: allLabels.baseAddress!)
      }
      let labels = UnsafeBufferPointer(allLabels)
      let tally =
        mix?.evaluate(loss, all.base, labels, gradient: gradient, guesses: guesses)
        ?? loss.evaluate(all.base, labels, gradient: gradient, guesses: guesses)
      let own = share.examples
      chain.outputGradient.update(
        from: gradient + own.lowerBound * classes, count: own.count * classes)
      return tally
    }
  }

  /// Outputs, loss and gradient of one batch, copied out.
  ///
  /// - Parameter images: at most `batch` examples, normalised, channel innermost.
  package func gradient(
    _ images: [Float], _ labels: [Int32], _ loss: SoftmaxCrossEntropy,
    random: CounterRandom = CounterRandom(key: 0)
  ) -> (tally: SoftmaxCrossEntropy.Tally, gradient: [Float]) {
    precondition(images.count == labels.count * network.input.count, "an image a label")
    precondition(labels.count <= batch, "at most a batch")
    var guesses = [Int32](repeating: 0, count: labels.count)
    let tally = images.withUnsafeBufferPointer { images in
      labels.withUnsafeBufferPointer { labels in
        guesses.withUnsafeMutableBufferPointer { guesses in
          // Safety: the preconditions above.
          gradient(
            images.baseAddress!, labels, loss, guesses: guesses.baseAddress!,
            Pass(count: labels.count, isTraining: true, random: random))
        }
      }
    }
    return (tally, gradientBuffer.values)
  }
}
