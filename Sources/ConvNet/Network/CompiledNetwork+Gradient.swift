import Random

extension CompiledNetwork {
  /// Forwards and backwards over a batch: the gradient of the mean loss, left in `gradientBuffer`.
  ///
  /// - Parameters:
  ///   - node: the first node that needs a gradient; those of the tensors before it are left as they
  ///     are.
  ///   - images: `pass.count` examples, normalised.
  ///   - labels: `pass.count` labels.
  ///   - guesses: `pass.count` places, for the class with the largest output of each.
  ///   - mix: how pairs of the examples were mixed; nil for not at all.
  func gradient(
    trained node: Int = 0, _ images: UnsafePointer<Float>, _ labels: UnsafeBufferPointer<Int32>,
    _ loss: SoftmaxCrossEntropy, guesses: UnsafeMutablePointer<Int32>, _ pass: Pass,
    mix: Mixup? = nil
  ) -> SoftmaxCrossEntropy.Tally {
    let logits = chain.forward(images, pass)
    let tally =
      mix?.evaluate(loss, logits, labels, gradient: chain.outputGradient, guesses: guesses)
      ?? loss.evaluate(logits, labels, gradient: chain.outputGradient, guesses: guesses)
    chain.backward(images, nil, pass, from: node)
    return tally
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
