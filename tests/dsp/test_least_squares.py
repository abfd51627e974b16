import torch

from grafx_lab import dsp


def parabola(points):
    return torch.stack([points[:, 0] - 0.3, 10 * (points[:, 1] - points[:, 0].square())], -1)


def test_a_jacobian_by_differences_is_the_derivative():
    point = torch.tensor([0.4, 0.7], dtype=torch.float64)
    expected = torch.tensor([[1.0, 0.0], [-8.0, 10.0]], dtype=torch.float64)
    torch.testing.assert_close(dsp.jacobian(parabola, point, chunk=3), expected)


def test_rosenbrocks_valley_is_walked_to_its_end():
    found = dsp.levenberg_marquardt(parabola, torch.tensor([0.9, 0.1], dtype=torch.float64), steps=30)
    torch.testing.assert_close(found, torch.tensor([0.3, 0.09], dtype=torch.float64), rtol=0, atol=1e-6)


def test_the_box_holds():
    found = dsp.levenberg_marquardt(parabola, torch.tensor([0.9, 0.5], dtype=torch.float64), steps=30, low=0.5)
    assert float(found.min()) >= 0.5


def test_what_nothing_feels_stays():
    found = dsp.levenberg_marquardt(lambda p: p[:, :1] - 0.25, torch.tensor([0.9, 0.1], dtype=torch.float64))
    assert abs(float(found[0]) - 0.25) < 1e-6
    assert float(found[1]) == 0.1


def test_who_is_at_a_wall_does_not_hold_up_the_others():
    def coupled(points):  # without the wall at 1 it would be 1.4 and 0.2
        return torch.stack([3 * (points[:, 0] - 1.4), points.sum(-1) - 1.6], -1)

    found = dsp.levenberg_marquardt(coupled, torch.tensor([0.5, 0.5], dtype=torch.float64), steps=8)
    torch.testing.assert_close(found, torch.tensor([1.0, 0.6], dtype=torch.float64), rtol=0, atol=1e-4)
