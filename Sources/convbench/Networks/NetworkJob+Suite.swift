import ConvEngine
import ConvNet

extension NetworkJob {
  /// The steps and the prediction that ratios are asked for.
  static func targets(threads: Int) throws -> [NetworkJob] {
    let lite = try published("efficientnet-lite0")
    let (air, res) = (try preset("cifar-94"), try preset("resnet18"))
    return [
      NetworkJob(
        "a step", "airbench94, batch 1024", air, batch: 1024, threads: threads, targets: [2]),
      NetworkJob(
        "a step", "ResNet-18 for small images, batch 128", res, batch: 128, threads: threads,
        targets: [1.5]),
      NetworkJob(
        "a step", "EfficientNet-Lite0, 224×224, batch 32", lite, batch: 32, threads: threads,
        targets: [1.3]),
      NetworkJob(
        "a prediction", "EfficientNet-Lite0, one picture of 224×224", lite, batch: 1,
        isTraining: false, threads: threads, targets: [1.5, 1]),
      NetworkJob(
        "a prediction", "ResNet-18, one picture of 224×224", try published("resnet18"), batch: 1,
        isTraining: false, threads: threads),
    ]
  }

  /// The steps with products of bfloat16.
  static func rounded(threads: Int) throws -> [NetworkJob] {
    zip(try targets(threads: threads).prefix(2), [1.5, 1.3]).map { job, target in
      var job = job
      (job.group, job.precision, job.targets) = (
        "a step in bf16", Precision.bf16.rawValue, [target]
      )
      return job
    }
  }

  /// How cost grows.
  ///
  /// - Parameter sets: levels of instructions to compare, the processor's last.
  static func growth(threads: Int, sets: [String]) throws -> [NetworkJob] {
    let fast = try preset("cifar-fast")
    var jobs = [1, 4, 16, 64, 256, 1024].map {
      NetworkJob("batch", "cifar-fast, batch \($0)", fast, batch: $0, threads: threads)
    }
    jobs += [16, 32, 64, 128].map {
      NetworkJob(
        "width", "\($0) channels and more, batch 64", wide($0), batch: 64, threads: threads)
    }
    jobs += [1, 2, 4, 8].map {
      NetworkJob(
        "depth", "\(6 * $0 + 2) layers, batch 64", deep($0), batch: 64, threads: threads)
    }
    jobs += [8, 16, 32, 64, 128, 224].map {
      NetworkJob("side", "\($0)×\($0), batch 16", plain(side: $0), batch: 16, threads: threads)
    }
    for count in 1...max(1, threads) {
      jobs.append(
        NetworkJob("threads", "cifar-fast, batch 256, \(count)", fast, batch: 256, threads: count))
    }
    for set in sets {
      var job = NetworkJob(
        "instructions", "cifar-fast, batch 256, \(set)", fast, batch: 256, threads: threads)
      job.instructionSet = set
      jobs.append(job)
    }
    return jobs
  }

  private static func preset(_ name: String) throws -> String {
    let layers = try Preset.named(name)!.architecture(classes: 10)
    return Architecture(layers.layers, input: FeatureShape(height: 32, width: 32, channels: 3)).text
  }

  /// Without what is drawn at random: each program draws otherwise.
  private static func published(_ name: String) throws -> String {
    let network = PublishedNetwork.all.first { $0.name == name }!
    let all = try network.architecture(classes: 1000)
    return Architecture(all.layers.filter { !($0 is Dropout) }, input: all.input).text
  }

  /// Pairs of convolutions at three sides.
  private static func wide(_ channels: Int) -> String {
    let groups = [channels, 2 * channels, 4 * channels].map { count in
      let conv = "conv \(count) 3x3 same nobias; batchnorm; relu"
      return "\(conv); \(conv); maxpool 2"
    }
    return "input 32x32x3; \(groups.joined(separator: "; ")); globalavgpool; dense 10"
  }

  /// The residual network for small images with so many blocks a stage: 6·blocks + 2 layers.
  ///
  /// - SeeAlso: He et al., Deep Residual Learning, arXiv:1512.03385, section 4.2.
  private static func deep(_ blocks: Int) -> String {
    let body = PublishedNetwork.resNetBlocks(
      [blocks, blocks, blocks], filters: 16, padding: "same")
    return
      (["input 32x32x3; conv 16 3x3 same nobias; batchnorm; relu"] + body
      + ["globalavgpool; dense 10"]).joined(separator: "; ")
  }

  /// Three convolutions on maps of this side and its half.
  private static func plain(side: Int) -> String {
    "input \(side)x\(side)x3; conv 32 3x3 same nobias; batchnorm; relu; maxpool 2; "
      + "conv 64 3x3 same nobias; batchnorm; relu; conv 64 3x3 same nobias; batchnorm; relu; "
      + "globalavgpool; dense 10"
  }
}
