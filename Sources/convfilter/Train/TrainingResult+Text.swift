import ConvNet
import Reports
import Text

extension TrainingResult {
  /// Why the training stopped before its last epoch; nil where it did not.
  var stopReason: String? {
    guard case .stoppedEarly(let epoch) = end, let lowest = history.lowestLoss,
      let loss = history[lowest].validationLoss
    else { return nil }
    let passed = epoch - lowest
    return "stopped after epoch \(epoch + 1): the validation loss has not fallen for \(passed) "
      + "\(passed == 1 ? "epoch" : "epochs") (lowest \(NumberText.fixed(loss, 4)) in epoch \(lowest + 1))"
  }

  /// Which epoch's model is kept and why; nil where it is the last.
  var choice: String? {
    guard let epoch = bestEpoch, epoch + 1 < history.count,
      let accuracy = history[epoch].validationAccuracy, let loss = history[epoch].validationLoss
    else { return nil }
    return "the model of epoch \(epoch + 1) is kept, the best by validation loss "
      + "(\(NumberText.fixed(loss, 4)), accuracy \(NumberText.percent(accuracy, decimals: 2)))"
  }
}
